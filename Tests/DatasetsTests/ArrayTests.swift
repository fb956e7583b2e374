import Datasets
import Testing

@Suite struct ArrayTests {
  private let folder = TemporaryFolder()

  /// A file in NumPy's format.
  private static func array(
    _ shape: [Int], _ values: [UInt8], type: String = "|u1", order: String = "False"
  ) -> [UInt8] {
    let extents = shape.map { "\($0)," }.joined(separator: " ")
    let header = "{'descr': '\(type)', 'fortran_order': \(order), 'shape': (\(extents)), }\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
      + values
  }

  private static let pixels = (0..<4 * 2 * 2 * 3).map { UInt8($0) }
  private static let classes: [UInt8] = [0, 1, 0, 1]

  private func load(channels: Int = 3) throws -> LoadedDataset {
    var request = DatasetRequest(path: folder.path, form: ImageForm(size: 2, channels: channels))
    request.testShare = 0.5
    return try ArrayDataset.load(request)
  }

  private func write(
    _ images: [UInt8], _ labels: [UInt8], test: Bool = true
  ) {
    for name in test ? ["train", "test"] : ["train"] {
      folder.write(images, as: "\(name)_images.npy")
      folder.write(labels, as: "\(name)_labels.npy")
    }
  }

  private func problem() -> String {
    let error = #expect(throws: DatasetError.self) { try load() }
    return (error?.description ?? "").replacing(folder.path, with: "F")
  }

  @Test func layoutsAreToldApart() throws {
    let labels = Self.array([4], Self.classes)
    write(Self.array([4, 2, 2, 3], Self.pixels), labels)
    #expect(try load().train.images == Self.pixels)
    // Planes: what is [C,H,W] there comes as [H,W,C].
    var planar: [UInt8] = []
    for n in 0..<4 {
      for c in 0..<3 { for p in 0..<4 { planar.append(Self.pixels[n * 12 + p * 3 + c]) } }
    }
    // A side of 1 or 3 at the end would be channels: five pixels are none.
    write(Self.array([4, 3, 2, 2], planar), labels)
    #expect(try load().train.images == Self.pixels)
    write(Self.array([4, 2, 2], Array(Self.pixels.prefix(16))), labels)
    #expect(try load(channels: 1).train.images == Array(Self.pixels.prefix(16)))
    #expect(try load(channels: 3).train.images.prefix(6) == [0, 0, 0, 1, 1, 1])
  }

  @Test(arguments: [("|u1", 1), ("|i1", 1), ("<i4", 4), (">i8", 8), ("<u2", 2)])
  func labelsOfAnyWholeType(_ type: String, _ width: Int) throws {
    let bytes = Self.classes.flatMap { label -> [UInt8] in
      let rest = [UInt8](repeating: 0, count: width - 1)
      return type.hasPrefix(">") ? rest + [label] : [label] + rest
    }
    write(Self.array([4, 2, 2, 3], Self.pixels), Self.array([4, 1], bytes, type: type))
    #expect(try load().train.labels == [0, 1, 0, 1])
    var negative = bytes
    negative.replaceSubrange(0..<width, with: [UInt8](repeating: 255, count: width))
    write(Self.array([4, 2, 2, 3], Self.pixels), Self.array([4], negative, type: type))
    if width > 2 || type.contains("i") && width > 1 {
      #expect(problem().contains("label 0 is no number from 0 to 65535"))
    }
  }

  @Test func withoutTestArraysAShareIsSetAside() throws {
    let labels = [UInt8](repeating: 0, count: 10) + [UInt8](repeating: 1, count: 10)
    write(
      Self.array([20, 1, 1], Array(0..<20)), Self.array([20], labels), test: false)
    let loaded = try load(channels: 1)
    #expect(loaded.train.count == 10 && loaded.test.count == 10)
    #expect(try Set(loaded.train.images + loaded.test.images) == Set(0..<20))
    #expect(loaded.test.labels.count { $0 == 0 } == 5)
  }

  @Test func whatIsWrongIsToldInOneLine() throws {
    let (good, labels) = (Self.array([4, 2, 2, 3], Self.pixels), Self.array([4], Self.classes))
    #expect(problem().hasPrefix("F: holds no images: no train_images.npy"))
    folder.write(good, as: "train_images.npy")
    #expect(
      problem() == "F/train_images.npy: there are no labels for it; save them as train_labels")
    let cases: [([UInt8], [UInt8], String)] = [
      (Array(good.dropLast()), labels, "train_images.npy: is damaged: 47 bytes of values"),
      (
        good, Self.array([3], [0, 1, 0]),
        "train_images.npy: 3 labels for an array of shape [4, 2, 2, 3]"
      ),
      (good, Self.array([4], [0, 0, 0, 0]), "F: all images are of one class, 0"),
      (good, Self.array([4], [0, 0, 2, 2]), "F: class 1 has no training images"),
      (
        Self.array([4, 2, 2, 3], Self.pixels, order: "True"), labels,
        "train_images.npy: is stored column by column"
      ),
      (
        Self.array([1, 2, 2, 3], Self.pixels, type: "<f4"), Self.array([1], [0]),
        "train_images.npy: pixels of the type f4; save bytes from 0 to 255"
      ),
      (
        Self.array([1 << 40, 1 << 40], Self.pixels), labels,
        "train_images.npy: has the impossible shape"
      ),
      (Self.array([4, 12], Self.pixels), labels, "train_images.npy: images of shape [4, 12]"),
      (Self.array([4, 1, 4, 3], Self.pixels), labels, "train_images.npy: 4 images of 1x4 pixels"),
      (Array("not an array".utf8), labels, "train_images.npy: is no array in NumPy's format"),
    ]
    for (images, labels, message) in cases {
      write(images, labels)
      #expect(problem().contains(message))
    }
  }
}
