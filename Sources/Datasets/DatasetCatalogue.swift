/// A data set that a name can ask for.
public struct DatasetEntry: Sendable {
  /// The name in the command line and in files.
  public let name: String
  /// What it is, in one sentence.
  public let summary: String
  /// Whether what lies at a path is such a data set.
  let recognizes: @Sendable (_ path: String) -> Bool
  private let source: @Sendable (DatasetRequest) throws -> LoadedDataset

  /// Describes a data set.
  public init(
    name: String, summary: String,
    recognizes: @escaping @Sendable (_ path: String) -> Bool = { _ in false },
    load source: @escaping @Sendable (DatasetRequest) throws -> LoadedDataset
  ) {
    self.name = name
    self.summary = summary
    self.recognizes = recognizes
    self.source = source
  }

  /// Loads it from a folder or from where it usually is, or draws it in the form that is wanted.
  public func load(_ request: DatasetRequest) throws -> LoadedDataset {
    try source(request)
  }
}

/// Every data set that a name can ask for.
public enum DatasetCatalogue {
  /// The entries; a new data set is a new file and one line here.
  public static let entries: [DatasetEntry] = [
    .fashionMNIST,
    .idxFolder,
    .cifar10,
    .cifar100,
    .arrays,
    .imageFolder,
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

  /// The entry that the files at a path are for.
  ///
  /// Throws `DatasetError` where there are none.
  public static func entry(for path: String) throws -> DatasetEntry {
    guard SourceFile.exists(path) else {
      throw DatasetError(place: path, problem: "is not there", advice: "check the path")
    }
    guard let entry = entries.first(where: { $0.recognizes(path) }) else {
      throw DatasetError(
        place: path, problem: "holds no images that are known here",
        advice:
          "give a folder with a folder of PNG or JPEG files for each class, an .npz file, or the "
          + "files of MNIST or CIFAR")
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
