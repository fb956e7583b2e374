import Datasets
import Glibc
import Testing

@Suite struct ImageFolderTests {
  private let folder = TemporaryFolder()
  private let cache = TemporaryFolder()
  private static let colors: [(name: String, color: [UInt8])] = [
    ("ant", [200, 30, 30]), ("bee", [30, 200, 30]), ("cat", [30, 30, 200]),
  ]

  private func request(_ change: (inout DatasetRequest) -> Void = { _ in }) -> DatasetRequest {
    var request = DatasetRequest(path: folder.path, form: ImageForm(size: 8, channels: 3))
    request.cache = cache.path
    change(&request)
    return request
  }

  private func message(_ change: (inout DatasetRequest) -> Void = { _ in }) -> String {
    let error = #expect(throws: DatasetError.self) { try ImageFolder.load(request(change)) }
    return (error?.description ?? "").replacing(folder.path, with: "F")
  }

  /// Every image shows its class's colour, whatever part it is in.
  private func expectColors(_ dataset: ImageDataset, _ tolerance: Int = 4) throws {
    for index in 0..<dataset.count {
      let color = Self.colors[Int(dataset.labels[index])].color
      let bytes = try dataset.images(index..<index + 1)
      #expect(zip(bytes, color).allSatisfy { abs(Int($0) - Int($1)) <= tolerance })
    }
  }

  @Test func classesAloneAreSplitBySeedClassByClass() throws {
    try ImageFiles.write(Self.colors, count: 20, to: folder)
    let loaded = try ImageFolder.load(request { $0.testShare = 0.25 })
    #expect(loaded.train.classNames == ["ant", "bee", "cat"])
    #expect(loaded.train.count == 45 && loaded.test.count == 15 && loaded.notes.isEmpty)
    for label in 0..<3 as Range<Int32> { #expect(loaded.test.labels.count { $0 == label } == 5) }
    try expectColors(loaded.train)
    try expectColors(loaded.test)
    let splits = try DatasetSplits(loaded, validationCount: 9, seed: 3)
    #expect([splits.train.count, splits.validation.count] == [36, 9])
    for label in 0..<3 as Range<Int32> {
      #expect(splits.validation.labels.count { $0 == label } == 3)
    }
    let again = try ImageFolder.load(request { $0.testShare = 0.25 })
    #expect(again.test.checksum == loaded.test.checksum)
    let other = try ImageFolder.load(request { ($0.testShare, $0.seed) = (0.25, 1) })
    #expect(other.test.checksum != loaded.test.checksum && other.test.count == 15)
  }

  @Test(arguments: ["val", "valid", "validation"])
  func foldersOfPartsAreTaken(_ validation: String) throws {
    try ImageFiles.write(Self.colors, count: 4, to: folder, in: "train/")
    try ImageFiles.write(Self.colors, count: 3, to: folder, in: "\(validation)/")
    try ImageFiles.write(Array(Self.colors.prefix(2)), count: 2, to: folder, in: "test/")
    let loaded = try ImageFolder.load(request())
    #expect([loaded.train.count, loaded.validation?.count, loaded.test.count] == [12, 9, 4])
    #expect(loaded.notes == ["Note: no test image of class cat: accuracies say nothing of it."])
    try expectColors(loaded.test)
    let splits = try DatasetSplits(loaded, validationCount: 2)
    #expect(splits.validation.count == 9)
  }

  /// Decoded once, and again only where something changed.
  @Test func whatWasDecodedIsUsedAgain() throws {
    try ImageFiles.write(Self.colors, count: 4, to: folder)
    let progress = Counter()
    func load() throws -> ImageDataset {
      try ImageFolder.load(request { $0.progress = { done, _ in progress.add(done) } }).train
    }
    let first = try load()
    #expect(progress.value == 12)
    #expect(try load().checksum == first.checksum)
    #expect(progress.value == 12)
    folder.write(try PNGFile.encode(ImageFiles.plain([200, 30, 30])), as: "ant/new.png")
    #expect(try load().count > first.count)
    #expect(progress.value == 25)
    // What was decoded of the earlier state is gone.
    let kept = cache.names.flatMap { name in TemporaryFolder.names(in: cache.file(name)) }
    #expect(kept.count { $0.hasSuffix(".pixels") } == 1)
  }

  @Test func cachesOfOthersAndDamagedOnesAreNotUsed() throws {
    try ImageFiles.write(Self.colors, count: 4, to: folder)
    let sum = try ImageFolder.load(request()).train.checksum
    let place = cache.file(try #require(cache.names.first))
    let name = try #require(
      TemporaryFolder.names(in: place).first { $0.hasSuffix(".pixels") })
    for damage in [{ chmod($0, 0o666) }, { truncate($0, 100) }] as [(String) -> Int32] {
      #expect(damage("\(place)/\(name)") == 0)
      #expect(try ImageFolder.load(request()).train.checksum == sum)
      var status = stat()
      #expect(stat("\(place)/\(name)", &status) == 0 && status.st_mode & 0o777 == 0o600)
    }
  }

  @Test func brokenFilesAreRefusedOrSkippedByName() throws {
    try ImageFiles.write(Self.colors, count: 5, to: folder)
    folder.write([0xFF, 0xD8, 0xFF, 0xE0, 0, 1], as: "bee/broken.jpg")
    folder.write([], as: "cat/empty.png")
    folder.write([1, 2, 3], as: "cat/notes.txt")
    #expect(message().hasPrefix("F/bee/broken.jpg: has no pixels; mend or remove it"))
    let loaded = try ImageFolder.load(request { $0.broken = .skip })
    #expect(loaded.train.count + loaded.test.count == 15)
    #expect(loaded.notes.count == 3)
    #expect(
      loaded.notes[0].contains(
        "left out 1 file that is neither PNG nor JPEG by name, cat/notes.txt"))
    #expect(loaded.notes[1].contains("bee/broken.jpg, which has no pixels"))
    #expect(loaded.notes[2].contains("cat/empty.png, which is empty"))
    try expectColors(loaded.train)
    // The second time they are known.
    #expect(message().hasPrefix("F/bee/broken.jpg: could not be decoded before"))
    #expect(try ImageFolder.load(request { $0.broken = .skip }).notes == loaded.notes)
  }

  @Test func whatIsNoDataSetIsToldInOneLine() throws {
    #expect(
      message()
        == "F: holds no folders; put the images of each class into a folder of the class's name")
    mkdir(folder.file("ant"), 0o755)
    #expect(message() == "F: holds no PNG or JPEG files; check the path and the names")
    try ImageFiles.write([Self.colors[0]], count: 5, to: folder)
    #expect(
      message() == "F: all images are of one class, ant; bring images of at least two classes")
    mkdir(folder.file("bee"), 0o755)
    #expect(
      message() == "F: class bee has no training images; bring at least 3, or take the class away")
    try ImageFiles.write([Self.colors[1]], count: 1, to: folder)
    #expect(
      message() == "F: class bee has 1 training image; bring at least 3, or take the class away")
    let error = #expect(throws: DatasetError.self) {
      try ImageFolder.load(DatasetRequest(path: folder.path + "/absent"))
    }
    #expect(error?.problem == "is no folder")
    #expect(
      message { $0.form.channels = 2 }.contains("images of 2 channels cannot be made of files"))
  }

  @Test func aTestClassThatIsNotLearntIsTold() throws {
    try ImageFiles.write(Array(Self.colors.prefix(2)), count: 4, to: folder, in: "train/")
    try ImageFiles.write(Self.colors, count: 4, to: folder, in: "test/")
    #expect(
      message()
        == "F/test/cat: is no class of F/train; give every class a folder there, or take this one away"
    )
  }

  @Test func linksAreFollowedWithinTheFolderOnly() throws {
    try ImageFiles.write(Self.colors, count: 4, to: folder)
    #expect(symlink("\(folder.path)/ant/0.png", folder.file("ant/again.png")) == 0)
    let count = try ImageFolder.load(request()).train.count
    #expect(count > 8)
    let outside = TemporaryFolder()
    let path = outside.write(try PNGFile.encode(ImageFiles.plain([1, 2, 3])), as: "x.png")
    #expect(symlink(path, folder.file("ant/outside.png")) == 0)
    #expect(
      message().hasPrefix("F/ant/outside.png: links to \(path), outside the folder of images"))
  }

  @Test func theCatalogueKnowsItByItsFiles() throws {
    try ImageFiles.write(Self.colors, count: 4, to: folder)
    #expect(try DatasetCatalogue.entry(for: folder.path).name == "image-folder")
    #expect(throws: DatasetError.self) { try DatasetCatalogue.entry(for: cache.path) }
    #expect(throws: DatasetError.self) { try DatasetCatalogue.entry(for: "/absent") }
  }
}
