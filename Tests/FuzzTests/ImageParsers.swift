import Datasets

/// Images and labels: IDX, plain and gzip, CIFAR's records, NumPy's arrays; image files.
extension FuzzedParser {
  static let images = [
    idx("idx", as: "train-images-idx3-ubyte"),
    idx("idx-labels", as: "train-labels-idx1-ubyte"),
    idx("gzip", as: "train-images-idx3-ubyte", behind: [0x1F, 0x8B]),
    cifar, image, npy, npz,
  ]

  /// A batch of CIFAR-10's; the first byte says how many images' pixels follow the labels that are given.
  private static let cifar = FuzzedParser("cifar") {
    let folder = try ScratchFolder()
    let request = DatasetRequest(path: folder.path, form: ImageForm(size: 32, channels: 1))
    let record = [UInt8](1...255) + [UInt8](repeating: 7, count: 3_072 - 255)
    for batch in 1...5 { try folder.write("data_batch_\(batch).bin", [0] + record) }
    return { bytes in
      // Labels make the difference, and how many bytes there are: pixels are pixels.
      let labels = bytes.prefix(8)
      try folder.write("test_batch.bin", labels.flatMap { [$0] + record } + bytes.dropFirst(8))
      let loaded = try CIFARFolder.ten.load(request)
      try use(loaded)
    }
  }

  private static let image = FuzzedParser("image") {
    { bytes in
      for (channels, least) in [(3, Int.max), (1, 8)] {
        let raster = try ImageFile.decode(bytes, name: "x", channels: channels, least: least)
        guard raster.width * raster.height < 1 << 20 else { continue }
        for fit in ImageFit.allCases {
          let square = raster.square(8, fit)
          try BrokenLaw.check(
            square.bytes.count == 64 * channels, "\(raster.width)x\(raster.height) to no square")
        }
      }
    }
  }

  /// An array of images; four labels are there.
  private static let npy = FuzzedParser("npy") {
    let folder = try ScratchFolder()
    let request = DatasetRequest(path: folder.path)
    try folder.write("train_labels.npy", array("|u1", "4,", [0, 0, 1, 1].map { UInt8($0) }))
    for part in ["test", "val"] {
      try folder.write("\(part)_labels.npy", array("|u1", "2,", [0, 1]))
      try folder.write("\(part)_images.npy", array("|u1", "2, 2, 2", [UInt8](1...8)))
    }
    return { bytes in
      try folder.write("train_images.npy", bytes)
      try use(ArrayDataset.load(request))
    }
  }

  private static let npz = FuzzedParser("npz") {
    let folder = try ScratchFolder()
    return { bytes in
      let path = try folder.write("x.npz", bytes)
      try use(ArrayDataset.load(DatasetRequest(path: path)))
    }
  }

  /// A file in NumPy's format.
  private static func array(_ type: String, _ shape: String, _ values: [UInt8]) -> [UInt8] {
    let header = "{'descr': '\(type)', 'fortran_order': False, 'shape': (\(shape)), }\n"
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0]
      + Array(header.utf8) + values
  }

  /// What is done with images: they are split, and looked at.
  private static func use(_ loaded: LoadedDataset) throws {
    let splits = try DatasetSplits(loaded, validationCount: min(1, loaded.train.count - 1))
    for part in [splits.train, splits.validation, splits.test] where part.count > 0 {
      _ = try part.images(part.count - 1..<part.count)
    }
    _ = splits.train.checksum
  }

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
