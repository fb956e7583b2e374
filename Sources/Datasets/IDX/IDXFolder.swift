/// A folder with the four files of MNIST and the many sets made in its image.
public enum IDXFolder {
  /// Loads the training and the test images.
  ///
  /// The files are `train-images-idx3-ubyte`, `train-labels-idx1-ubyte`, `t10k-images-idx3-ubyte`
  /// and `t10k-labels-idx1-ubyte`, each plain or gzip, with or without `.gz`. Without class names
  /// the training labels say how many classes there are.
  /// Throws `DatasetError`, which names the file at fault.
  public static func load(
    from folder: String, name: String = "idx", classNames: [String]? = nil
  ) throws -> (train: ImageDataset, test: ImageDataset) {
    guard SourceFile.isFolder(folder) else {
      throw DatasetError(
        place: folder, problem: "is no folder",
        advice: "give the folder that holds train-images-idx3-ubyte.gz and its three siblings")
    }
    let trainPair = try IDXPair(in: folder, prefix: "train")
    let testPair = try IDXPair(in: folder, prefix: "t10k")
    guard trainPair.images.shape[1...] == testPair.images.shape[1...] else {
      throw DatasetError(
        place: testPair.images.path,
        problem: "test images are \(Array(testPair.images.shape[1...])) and training images "
          + "\(Array(trainPair.images.shape[1...])) pixels", advice: "fetch both again")
    }
    let names = classNames ?? (0...Int(trainPair.labels.values.max() ?? 0)).map(String.init)
    return (
      try trainPair.dataset(named: name, classNames: names),
      try testPair.dataset(named: name, classNames: names)
    )
  }
}

extension DatasetEntry {
  static let idxFolder = DatasetEntry(
    name: "idx", summary: "Any folder with the four files of MNIST, plain or gzip.",
    recognizes: { (try? path(of: "train-images", rank: 3, in: $0)) != nil }
  ) { request in
    let folder = try request.path(of: "idx", holding: "the folder with the four files")
    let (train, test) = try IDXFolder.load(from: folder)
    return LoadedDataset(train: train, test: test, isStratified: false)
  }
}

/// Images and their labels, two files that must agree.
private struct IDXPair {
  let images: IDXFile
  let labels: IDXFile

  init(in folder: String, prefix: String) throws {
    images = try IDXFile(readingFrom: path(of: "\(prefix)-images", rank: 3, in: folder), rank: 3)
    labels = try IDXFile(readingFrom: path(of: "\(prefix)-labels", rank: 1, in: folder), rank: 1)
    guard images.shape[0] == labels.shape[0] else {
      throw DatasetError(
        place: labels.path,
        problem: "\(labels.shape[0]) labels for the \(images.shape[0]) images of \(images.path)",
        advice: "fetch both again")
    }
  }

  func dataset(named name: String, classNames: [String]) throws -> ImageDataset {
    if let position = labels.values.firstIndex(where: { Int($0) >= classNames.count }) {
      throw DatasetError(
        place: labels.path,
        problem: "label \(position) is \(labels.values[position]), outside "
          + "0..<\(classNames.count)", advice: "check that this is the right file")
    }
    return ImageDataset(
      name: name, height: images.shape[1], width: images.shape[2], channels: 1,
      images: images.values, labels: labels.values.map(Int32.init), classNames: classNames)
  }
}

/// The file under one of the names in use: `-idx3-ubyte` or `.idx3-ubyte`, with or without `.gz`.
private func path(of stem: String, rank: Int, in folder: String) throws -> String {
  let names = ["-", "."].flatMap { mark in
    ["", ".gz"].map { "\(folder)/\(stem)\(mark)idx\(rank)-ubyte\($0)" }
  }
  guard let path = names.first(where: SourceFile.exists) else {
    throw DatasetError(
      place: names[0], problem: "there is no such file, with or without .gz",
      advice: "put the data set's four IDX files into the folder")
  }
  return path
}
