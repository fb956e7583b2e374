/// Images and labels as NumPy's arrays: a folder of .npy files, or an .npz file.
///
/// Images are bytes `[N,H,W]`, `[N,H,W,C]` or `[N,C,H,W]`, labels whole numbers `[N]`.
public enum ArrayDataset {
  /// Names in use: those of Keras, of MedMNIST, and one for sets without parts.
  private static let names: [(part: Part, images: [String], labels: [String])] = [
    (
      .train, ["train_images", "train-images", "x_train", "images", "x"],
      ["train_labels", "train-labels", "y_train", "labels", "y"]
    ),
    (
      .validation, ["val_images", "validation-images", "x_val"],
      ["val_labels", "validation-labels", "y_val"]
    ),
    (.test, ["test_images", "test-images", "x_test"], ["test_labels", "test-labels", "y_test"]),
  ]

  private enum Part { case train, validation, test }

  /// Whether arrays of these names are there.
  static func isAt(_ path: String) -> Bool {
    path.hasSuffix(".npz") && SourceFile.exists(path) && !SourceFile.isFolder(path)
      || names[0].images.contains { SourceFile.exists("\(path)/\($0).npy") }
  }

  /// Loads what is there; test images are set aside where there are none.
  ///
  /// Throws `DatasetError`, which names the file and the array at fault.
  public static func load(_ request: DatasetRequest) throws -> LoadedDataset {
    let path = try request.path(of: "npy", holding: "an .npz file, or the folder of .npy files")
    let arrays = try Arrays(at: path)
    var found: [Part: (images: ArrayFile, labels: [Int32])] = [:]
    for entry in names {
      guard let images = try arrays.first(entry.images) else { continue }
      guard let labels = try arrays.first(entry.labels)?.labels() else {
        throw DatasetError(
          place: images.region.path, problem: "there are no labels for it",
          advice: "save them as \(entry.labels[0])")
      }
      guard images.shape.first == labels.count else {
        throw DatasetError(
          place: images.region.path,
          problem: "\(labels.count) labels for an array of shape \(images.shape)",
          advice: "save images and labels together")
      }
      found[entry.part] = (images, labels)
    }
    guard let train = found[.train] else {
      throw DatasetError(
        place: path, problem: "holds no images: " + arrays.found,
        advice:
          "save train_images and train_labels, and test_images and test_labels if there are any")
    }
    let classes = Int(found.values.flatMap(\.labels).max() ?? 0) + 1
    func dataset(_ part: Part) throws -> ImageDataset? {
      try found[part].map { try Self.dataset($0.images, $0.labels, classes, request.form) }
    }
    let (training, validation, test) = (
      try self.dataset(train.images, train.labels, classes, request.form),
      try dataset(.validation), try dataset(.test)
    )
    for other in [validation, test].compactMap(\.self) where other.height != training.height {
      throw DatasetError(
        place: path, problem: "images of sides \(training.height) and \(other.height)",
        advice: "make all of one size")
    }
    return try LoadedDataset(
      train: training, validation: validation, test: test, request, place: path)
  }

  private static func dataset(
    _ array: ArrayFile, _ labels: [Int32], _ classes: Int, _ form: ImageForm
  ) throws -> ImageDataset {
    func fault(_ problem: String, _ advice: String) -> DatasetError {
      DatasetError(place: array.region.path, problem: problem, advice: advice)
    }
    guard array.type == "u1" else {
      throw fault(
        "pixels of the type \(array.type)", "save bytes from 0 to 255: array.astype(\"uint8\")")
    }
    var (shape, layout) = (Array(array.shape.dropFirst()), ImageRecords.Layout.interleaved)
    if shape.count == 2 { shape.append(1) }
    if shape.count == 3, ![1, 3].contains(shape[2]), [1, 3].contains(shape[0]) {
      (shape, layout) = ([shape[1], shape[2], shape[0]], .planar)
    }
    guard shape.count == 3, [1, 3].contains(shape[2]) else {
      throw fault(
        "images of shape \(array.shape)",
        "save them as [N,H,W], [N,H,W,C] or [N,C,H,W], C being 1 or 3")
    }
    guard !labels.isEmpty, shape[0] == shape[1], (1...4_096).contains(shape[0]) else {
      throw fault(
        "\(labels.count) images of \(shape[0])x\(shape[1]) pixels",
        "save square images of at most 4096x4096")
    }
    guard [1, 3].contains(form.channels) else {
      throw fault(
        "images of \(form.channels) channels cannot be made of it", "use a space of 1 or 3 channels"
      )
    }
    let pixels = shape[0] * shape[1]
    return ImageDataset(
      name: "npy", height: shape[0], width: shape[1], channels: form.channels,
      pixels: ImageRecords(
        parts: [.init(region: array.region, start: array.start, count: labels.count)],
        stride: pixels * shape[2], layout: layout, pixels: pixels, stored: shape[2],
        wanted: form.channels), labels: labels, classNames: (0..<classes).map(String.init))
  }
}

/// Arrays by name, in a folder or an archive.
private struct Arrays {
  let path: String
  let archive: ZipArchive?

  init(at path: String) throws {
    guard SourceFile.exists(path) else {
      throw DatasetError(place: path, problem: "is not there", advice: "check the path")
    }
    self.path = path
    archive = SourceFile.isFolder(path) ? nil : try ZipArchive(opening: path)
  }

  func first(_ names: [String]) throws -> ArrayFile? {
    for name in names {
      if let archive {
        guard let region = try archive.contents(of: "\(name).npy") else { continue }
        return try ArrayFile(in: region)
      } else if SourceFile.exists("\(path)/\(name).npy") {
        return try ArrayFile(in: try MappedFile(opening: "\(path)/\(name).npy"))
      }
    }
    return nil
  }

  /// What there is instead.
  var found: String {
    guard let archive else { return "no train_images.npy" }
    return "its arrays are \(archive.names.prefix(8).joined(separator: ", "))"
  }
}

extension DatasetEntry {
  static let arrays = DatasetEntry(
    name: "npy", summary: "NumPy's arrays: an .npz file, or a folder of .npy files.",
    recognizes: ArrayDataset.isAt, load: ArrayDataset.load)
}
