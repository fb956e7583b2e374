import Datasets
import Testing

@Suite struct IDXFolderTests {
  private let folder = TemporaryFolder()

  /// Loads a good set in which one file was replaced, and expects an error about that file.
  private func message(
    replacing name: String, with bytes: [UInt8]
  ) -> String? {
    IDXBytes.writeSet(to: folder)
    let path = folder.write(bytes, as: name)
    let error = #expect(throws: DatasetError.self) { try IDXFolder.load(from: folder.path) }
    #expect(error?.place == path)
    return error?.problem
  }

  @Test func readsPlainAndCompressedFiles() throws {
    IDXBytes.writeSet(to: folder)
    let (train, test) = try IDXFolder.load(from: folder.path)
    #expect(try train.images == Array(0..<12))
    #expect(train.labels == [0, 1, 0])
    #expect([train.height, train.width, train.channels] == [2, 2, 1])
    #expect(train.classNames == ["0", "1"])
    #expect(try test.images == [9, 8, 7, 6])
    #expect(test.labels == [1])
  }

  @Test func readsGzipOfSeveralMembers() throws {
    IDXBytes.writeSet(to: folder)
    let labels = IDXBytes.file([3], [1, 0, 1])
    let bytes = IDXBytes.gzip(Array(labels[..<5])) + IDXBytes.gzip(Array(labels[5...]))
    folder.write(bytes, as: "train-labels-idx1-ubyte.gz")
    #expect(try IDXFolder.load(from: folder.path).train.labels == [1, 0, 1])
  }

  @Test func absentFoldersAndFilesAreNamed() {
    let absent = #expect(throws: DatasetError.self) { try IDXFolder.load(from: "/absent") }
    #expect(absent?.description.hasPrefix("/absent: is no folder; give the folder") == true)
    let empty = #expect(throws: DatasetError.self) { try FashionMNIST.load(from: folder.path) }
    #expect(empty?.place == folder.file("train-images-idx3-ubyte"))
  }

  @Test func brokenFilesAreTold() {
    let images = "train-images-idx3-ubyte"
    let labels = "train-labels-idx1-ubyte.gz"
    #expect(message(replacing: images, with: []) == "is truncated: 0 bytes where 4 belong")
    #expect(
      message(replacing: images, with: IDXBytes.file([3], [1, 2, 3]))
        == "is no IDX file of bytes with 3 extents: it begins with [0, 0, 8, 1], not [0, 0, 8, 3]")
    #expect(
      message(replacing: images, with: IDXBytes.file([3, 2, 2], [1, 2]))
        == "is truncated: 2 bytes where 12 belong")
    #expect(
      message(replacing: images, with: IDXBytes.file([3, 2, 2], Array(0..<13)))
        == "goes on after its last item")
    #expect(
      message(replacing: images, with: IDXBytes.file([3, 0, 2], []))
        == "has the impossible shape [3, 0, 2]")
    let huge = [Int](repeating: 0xFFFF_FFFF, count: 3)
    #expect(
      message(replacing: images, with: IDXBytes.file(huge, [1]))?.hasPrefix("has the impossible")
        == true)
    #expect(
      message(replacing: images, with: IDXBytes.file([0xFFFF_FFFF, 1, 1], [1]))
        == "is truncated: 1 bytes where 4294967295 belong")
    IDXBytes.writeSet(to: folder)
    #expect(
      message(replacing: labels, with: IDXBytes.file([2], [0, 1]))?.hasPrefix("2 labels for the 3")
        == true)
  }

  @Test func brokenGzipIsTold() {
    let labels = "train-labels-idx1-ubyte.gz"
    let good = IDXBytes.gzip(IDXBytes.file([3], [0, 1, 0]))
    for length in 2..<good.count {
      #expect(message(replacing: labels, with: Array(good[..<length])) == "is truncated")
    }
    var corrupt = good
    corrupt[good.count - 9] ^= 1
    #expect(
      message(replacing: labels, with: corrupt) == "is corrupt gzip (incorrect data check)")
    #expect(
      message(replacing: labels, with: good + [1, 2]) == "has bytes after its gzip data")
  }

  @Test func labelsOutsideTheClassesAreTold() {
    #expect(
      message(replacing: "t10k-labels.idx1-ubyte", with: IDXBytes.file([1], [2]))
        == "label 0 is 2, outside 0..<2")
  }

  @Test func imagesOfTwoSizesAreTold() {
    #expect(
      message(replacing: "t10k-images-idx3-ubyte", with: IDXBytes.file([1, 1, 4], [0, 0, 0, 0]))
        == "test images are [1, 4] and training images [2, 2] pixels")
  }

  /// Every flipped bit throws or yields a data set; nothing traps.
  @Test func corruptionNeverTraps() {
    IDXBytes.writeSet(to: folder)
    let good = IDXBytes.gzip(IDXBytes.file([3, 2, 2], Array(0..<12)))
    for index in good.indices {
      for shift in 0..<8 {
        var corrupt = good
        corrupt[index] ^= 1 << UInt8(shift)
        folder.write(corrupt, as: "train-images-idx3-ubyte")
        _ = try? IDXFolder.load(from: folder.path)
      }
    }
  }
}
