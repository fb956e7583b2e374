/// Zalando's pictures of clothes: 60,000 to train on and 10,000 to test on, 28x28, ten classes.
///
/// Source: Xiao, Rasul, Vollgraf 2017, "Fashion-MNIST: a Novel Image Dataset".
public enum FashionMNIST {
  /// Where Debian's package `dataset-fashion-mnist` puts the files.
  public static let defaultFolder = "/usr/share/datasets/fashion-mnist"

  /// What the ten classes are called.
  public static let classNames = [
    "T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag",
    "ankle boot",
  ]

  /// Loads the training and the test images.
  ///
  /// Throws `DatasetError`, which names the file at fault.
  public static func load(
    from folder: String = defaultFolder
  ) throws -> (train: ImageDataset, test: ImageDataset) {
    try IDXFolder.load(from: folder, name: "fashion-mnist", classNames: classNames)
  }
}

extension DatasetEntry {
  static let fashionMNIST = DatasetEntry(
    name: "fashion-mnist",
    summary: "Pictures of clothes, 28x28 grey, ten classes, 60,000 + 10,000 images."
  ) { request in
    let (train, test) = try FashionMNIST.load(from: request.path ?? FashionMNIST.defaultFolder)
    return LoadedDataset(train: train, test: test, isStratified: false)
  }
}
