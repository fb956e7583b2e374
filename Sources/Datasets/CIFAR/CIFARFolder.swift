/// The binary files of CIFAR-10 and CIFAR-100: 50,000 to train on and 10,000 to test on, 32x32 colour.
///
/// A record is a label (CIFAR-100: a coarse and a fine one), then 1,024 bytes each of red, green and
/// blue. Source: Krizhevsky 2009, https://www.cs.toronto.edu/~kriz/cifar.html
public struct CIFARFolder: Sendable {
  let name: String
  /// What the archive unpacks to.
  package let folder: String
  package let trainFiles: [String]
  package let testFile: String
  /// A line for each class, beside the files.
  package let namesFile: String
  /// Bytes before an image's pixels; the last is the label.
  let labelBytes: Int
  package let classCount: Int

  public static let ten = CIFARFolder(
    name: "cifar10", folder: "cifar-10-batches-bin",
    trainFiles: (1...5).map { "data_batch_\($0).bin" }, testFile: "test_batch.bin",
    namesFile: "batches.meta.txt", labelBytes: 1, classCount: 10)

  public static let hundred = CIFARFolder(
    name: "cifar100", folder: "cifar-100-binary", trainFiles: ["train.bin"],
    testFile: "test.bin", namesFile: "fine_label_names.txt", labelBytes: 2, classCount: 100)

  private static let pixels = 32 * 32
  private var recordSize: Int { labelBytes + 3 * Self.pixels }

  /// The folder with the files: the one that is given, or what was unpacked in it.
  func place(in path: String) -> String? {
    [path, "\(path)/\(folder)"].first { SourceFile.exists("\($0)/\(testFile)") }
  }

  /// Loads the training and the test images; files are mapped, not read.
  ///
  /// Throws `DatasetError`, which names the file at fault.
  public func load(_ request: DatasetRequest) throws -> LoadedDataset {
    let path = try request.path(of: name, holding: "the folder with \(testFile)")
    guard SourceFile.isFolder(path) else {
      throw DatasetError(
        place: path, problem: "is no folder", advice: "give the folder that holds \(testFile)")
    }
    guard let place = place(in: path) else {
      throw DatasetError(
        place: "\(path)/\(testFile)", problem: "there is no such file",
        advice: "unpack the binary version of \(name), and give the folder")
    }
    // Where a download is incomplete, its batches still are images.
    let names = try classNames(in: place)
    return LoadedDataset(
      train: try part(trainFiles.map { "\(place)/\($0)" }, names, request.form),
      test: try part(["\(place)/\(testFile)"], names, request.form))
  }

  private func part(
    _ paths: [String], _ classNames: [String], _ form: ImageForm
  ) throws -> ImageDataset {
    guard [1, 3].contains(form.channels) else {
      throw DatasetError(
        place: name, problem: "images of \(form.channels) channels cannot be made of its colours",
        advice: "use a space of 1 or 3 channels")
    }
    var (parts, labels) = ([ImageRecords.Part](), [Int32]())
    for path in paths {
      let file = try MappedFile(opening: path)
      guard file.count > 0, file.count % recordSize == 0 else {
        throw DatasetError(
          place: path,
          problem: "has \(file.count) bytes, no whole number of records of \(recordSize)",
          advice: "fetch it again")
      }
      let count = file.count / recordSize
      for record in 0..<count {
        let label = file.bytes(record * recordSize..<record * recordSize + labelBytes)[
          labelBytes - 1]
        guard label < classCount else {
          throw DatasetError(
            place: path, problem: "label \(record) is \(label), outside 0..<\(classCount)",
            advice: "check that this is the right file")
        }
        labels.append(Int32(label))
      }
      parts.append(.init(region: file, start: labelBytes, count: count))
    }
    return ImageDataset(
      name: name, height: 32, width: 32, channels: form.channels,
      pixels: ImageRecords(
        parts: parts, stride: recordSize, layout: .planar, pixels: Self.pixels, stored: 3,
        wanted: form.channels), labels: labels, classNames: classNames)
  }

  /// The lines of the names' file, or numbers where it is not there.
  private func classNames(in place: String) throws -> [String] {
    let path = "\(place)/\(namesFile)"
    guard SourceFile.exists(path) else { return (0..<classCount).map(String.init) }
    let file = try SourceFile(opening: path)
    let names = String(decoding: try file.next(1 << 16), as: UTF8.self)
      .split(whereSeparator: \.isNewline).map(String.init)
    guard names.count == classCount else {
      throw DatasetError(
        place: path, problem: "names \(names.count) classes, not \(classCount)",
        advice: "fetch it again")
    }
    return names
  }
}

extension DatasetEntry {
  static let cifar10 = DatasetEntry(
    name: "cifar10", summary: "CIFAR-10's binary files, 32x32 colour, ten classes.",
    recognizes: { CIFARFolder.ten.place(in: $0) != nil }, load: CIFARFolder.ten.load)

  static let cifar100 = DatasetEntry(
    name: "cifar100", summary: "CIFAR-100's binary files, 32x32 colour, a hundred classes.",
    recognizes: { CIFARFolder.hundred.place(in: $0) != nil }, load: CIFARFolder.hundred.load)
}
