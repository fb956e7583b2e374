import Datasets

/// Images and labels: IDX, plain and gzip.
extension FuzzedParser {
  static let images = [
    idx("idx", as: "train-images-idx3-ubyte"),
    idx("idx-labels", as: "train-labels-idx1-ubyte"),
    idx("gzip", as: "train-images-idx3-ubyte", behind: [0x1F, 0x8B]),
  ]

  /// One of a data set's four files; the others hold two images of 2x2 pixels and their labels.
  private static func idx(
    _ name: String, as file: String, behind magic: [UInt8] = []
  ) -> FuzzedParser {
    FuzzedParser(name) {
      let folder = try ScratchFolder()
      for set in ["train", "t10k"] {
        try folder.write(
          "\(set)-images-idx3-ubyte",
          [0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 2] + [UInt8](1...8))
        try folder.write("\(set)-labels-idx1-ubyte", [0, 0, 8, 1, 0, 0, 0, 2, 0, 1])
      }
      return { bytes in
        try folder.write(file, bytes.starts(with: magic) ? bytes : magic + bytes)
        let train = try IDXFolder.load(from: folder.path).train
        try BrokenLaw.check(
          train.count == 2 && train.height == 2 && train.width == 2, "another set: \(train.name)")
      }
    }
  }
}
