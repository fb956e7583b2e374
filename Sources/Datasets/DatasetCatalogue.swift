/// A data set that a name can ask for.
public struct DatasetEntry: Sendable {
  /// The name in the command line and in files.
  public let name: String
  /// What it is, in one sentence.
  public let summary: String
  /// Loads it from a folder, or from where it usually is.
  public let load: @Sendable (_ path: String?) throws -> (train: ImageDataset, test: ImageDataset)

  /// Describes a data set.
  public init(
    name: String, summary: String,
    load: @escaping @Sendable (_ path: String?) throws -> (train: ImageDataset, test: ImageDataset)
  ) {
    self.name = name
    self.summary = summary
    self.load = load
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
  /// It is Fashion-MNIST where its folder exists, and the drawn shapes otherwise.
  public static func automatic(
    fashionFolder: String = FashionMNIST.defaultFolder
  ) -> (entry: DatasetEntry, path: String?, reason: String) {
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
  ) { path in try FashionMNIST.load(from: path ?? FashionMNIST.defaultFolder) }

  static let idxFolder = DatasetEntry(
    name: "idx", summary: "Any folder with the four files of MNIST, plain or gzip."
  ) { path in
    guard let path else {
      throw DatasetError(
        place: "idx", problem: "no folder was given",
        advice: "give the folder with the four files")
    }
    return try IDXFolder.load(from: path)
  }

  static let drawnShapes = DatasetEntry(
    name: "drawn-shapes",
    summary: "Shapes drawn in code, 28x28 grey, ten classes, 10,000 + 2,000 images; no files."
  ) { path in
    if let path {
      throw DatasetError(
        place: path, problem: "drawn-shapes is made in code and reads no files",
        advice: "give no path")
    }
    return DrawnShapes().splits()
  }
}
