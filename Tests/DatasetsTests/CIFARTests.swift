import Datasets
import Testing

@Suite struct CIFARTests {
  private let folder = TemporaryFolder()

  /// Records whose pixels are red 10 + label, green 100, blue 200 + their number.
  private static func records(_ labels: [UInt8], coarse: Bool) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, label) in labels.enumerated() {
      bytes += coarse ? [0, label] : [label]
      for value in [10 + label, 100, 200 + UInt8(index)] {
        bytes += [UInt8](repeating: value, count: 1024)
      }
    }
    return bytes
  }

  private func write(_ kind: CIFARFolder, in place: String) {
    let isHundred = kind.classCount == 100
    for (index, file) in kind.trainFiles.enumerated() {
      folder.write(
        Self.records([UInt8(index), 9], coarse: isHundred), as: "\(place)\(file)")
    }
    folder.write(Self.records([3], coarse: isHundred), as: "\(place)\(kind.testFile)")
    let names = (0..<kind.classCount).map { "name \($0)\n" }.joined()
    folder.write(Array(names.utf8), as: "\(place)\(kind.namesFile)")
  }

  @Test(arguments: [false, true], ["", "unpacked"])
  func recordsAreRead(_ isHundred: Bool, _ place: String) throws {
    let kind = isHundred ? CIFARFolder.hundred : .ten
    write(kind, in: place.isEmpty ? "" : "\(kind.folder)/")
    let entry = try DatasetCatalogue.entry(for: folder.path)
    #expect(entry.name == (isHundred ? "cifar100" : "cifar10"))
    let loaded = try entry.load(
      DatasetRequest(path: folder.path, form: ImageForm(size: 32, channels: 3)))
    #expect(loaded.train.count == (isHundred ? 2 : 10) && loaded.test.count == 1)
    #expect(loaded.train.classNames.count == kind.classCount)
    #expect(loaded.test.classNames[Int(loaded.test.labels[0])] == "name 3")
    #expect(try loaded.test.images == (0..<1024).flatMap { _ in [13, 100, 200] as [UInt8] })
    #expect(try loaded.train.images(1..<2).prefix(3) == [19, 100, 201])
    let grey = try entry.load(DatasetRequest(path: folder.path))
    #expect(try grey.test.images == [UInt8](repeating: 85, count: 1024))
  }

  @Test func damageIsToldWithItsFile() throws {
    write(.ten, in: "")
    func problem() -> String? {
      let error = #expect(throws: DatasetError.self) {
        try CIFARFolder.ten.load(DatasetRequest(path: folder.path))
      }
      return error?.description.replacing(folder.path, with: "F")
    }
    folder.write(Array(Self.records([1], coarse: false).dropLast()), as: "data_batch_3.bin")
    #expect(problem()?.hasPrefix("F/data_batch_3.bin: has 3072 bytes, no whole number") == true)
    folder.write(Self.records([1, 10], coarse: false), as: "data_batch_3.bin")
    #expect(problem()?.hasPrefix("F/data_batch_3.bin: label 1 is 10, outside 0..<10") == true)
    folder.write([], as: "data_batch_3.bin")
    #expect(problem()?.hasPrefix("F/data_batch_3.bin: has 0 bytes") == true)
    folder.write(Array("one\n".utf8), as: "batches.meta.txt")
    #expect(problem()?.hasPrefix("F/batches.meta.txt: names 1 classes, not 10") == true)
    let error = #expect(throws: DatasetError.self) {
      try CIFARFolder.hundred.load(DatasetRequest(path: folder.path))
    }
    #expect(error?.problem == "there is no such file")
  }
}
