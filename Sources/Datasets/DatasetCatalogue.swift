/// The images that a network was made for; a data set made in code follows it.
public struct ImageForm: Equatable, Sendable {
  /// Height and width.
  public var size: Int
  public var channels: Int

  public init(size: Int = 28, channels: Int = 1) {
    self.size = size
    self.channels = channels
  }
}

/// A data set that a name can ask for.
public struct DatasetEntry: Sendable {
  /// The name in the command line and in files.
  public let name: String
  /// What it is, in one sentence.
  public let summary: String
  private let source:
    @Sendable (_ path: String?, _ form: ImageForm) throws -> (
      train: ImageDataset, test: ImageDataset
    )

  /// Describes a data set.
  public init(
    name: String, summary: String,
    source:
      @escaping @Sendable (_ path: String?, _ form: ImageForm) throws -> (
        train: ImageDataset, test: ImageDataset
      )
  ) {
    self.name = name
    self.summary = summary
    self.source = source
  }

  /// Loads it from a folder or from where it usually is, or draws it in the form that is wanted.
  public func load(
    _ path: String?, as form: ImageForm = ImageForm()
  ) throws -> (train: ImageDataset, test: ImageDataset) {
    try source(path, form)
  }
}

/// Every data set that a name can ask for.
public enum DatasetCatalogue {
  /// The entries; a new data set is a new file and one line here.
  public static let entries: [DatasetEntry] = [
    .fashionMNIST,
    .idxFolder,
    .drawnShapes,
  ]

  /// The entry of that name.
  ///
  /// Throws `DatasetError` for a name that is not in the catalogue.
  public static func entry(named name: String) throws -> DatasetEntry {
    guard let entry = entries.first(where: { $0.name == name }) else {
      throw DatasetError(
        place: name, problem: "there is no data set of that name",
        advice: "choose one of \(entries.map(\.name).joined(separator: ", "))")
    }
    return entry
  }

  /// The best data set that is at hand, and a sentence that says which one and why.
  ///
  /// It is Fashion-MNIST where its folder exists and grey images are wanted, and the drawn shapes
  /// otherwise.
  public static func automatic(
    for form: ImageForm = ImageForm(), fashionFolder: String = FashionMNIST.defaultFolder
  ) -> (entry: DatasetEntry, path: String?, reason: String) {
    guard form.channels == 1 else {
      let reason = "Using the drawn shapes, since the space takes \(form.channels) channels."
      return (.drawnShapes, nil, reason)
    }
    guard SourceFile.isFolder(fashionFolder) else {
      let reason = "Using the drawn shapes, since \(fashionFolder) does not exist."
      return (.drawnShapes, nil, reason)
    }
    return (.fashionMNIST, fashionFolder, "Using Fashion-MNIST from \(fashionFolder).")
  }
}

extension DatasetEntry {
  static let fashionMNIST = DatasetEntry(
    name: "fashion-mnist",
    summary: "Pictures of clothes, 28x28 grey, ten classes, 60,000 + 10,000 images."
  ) { path, _ in try FashionMNIST.load(from: path ?? FashionMNIST.defaultFolder) }

  static let idxFolder = DatasetEntry(
    name: "idx", summary: "Any folder with the four files of MNIST, plain or gzip."
  ) { path, _ in
    guard let path else {
      throw DatasetError(
        place: "idx", problem: "no folder was given",
        advice: "give the folder with the four files")
    }
    return try IDXFolder.load(from: path)
  }

  static let drawnShapes = DatasetEntry(
    name: "drawn-shapes",
    summary:
      "Shapes drawn in code at any size, ten classes, up to 60,000 + 10,000 images; no files."
  ) { path, form in
    if let path {
      throw DatasetError(
        place: path, problem: "drawn-shapes is made in code and reads no files",
        advice: "give no path")
    }
    guard form.size <= 1024 else {
      throw DatasetError(
        place: "drawn-shapes", problem: "images of side \(form.size) are not drawn",
        advice: "use 1024 at most")
    }
    // Large images are drawn in smaller numbers: all of them lie in memory.
    let size = max(form.size, DrawnShapes.leastSize)
    let bytes = size * size * form.channels
    let count = min(60_000, max(200_000_000 / bytes, min(600, 2_000_000_000 / bytes), 24))
    return DrawnShapes(
      trainCount: count, testCount: count / 6, size: size, channels: form.channels
    ).splits()
  }
}
