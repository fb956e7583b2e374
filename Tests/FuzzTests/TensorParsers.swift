import Compute
import Datasets
import Export
import Foundation
import Laws
import Supernets
import TensorFiles

/// Weights: safetensors, checkpoints, exported subnets.
extension FuzzedParser {
  static let tensors = [safetensors, checkpoint, subnetDescription, subnetWeights]

  private static let safetensors = FuzzedParser("safetensors") {
    { bytes in
      let file = try SafetensorsFile(decoding: bytes)
      let again = try SafetensorsFile(decoding: file.encoded())
      func words(_ file: SafetensorsFile) -> [String] {
        file.tensors.map { "\($0.name) \($0.elementType) \($0.shape) \($0.bytes)" }.sorted()
      }
      try BrokenLaw.check(
        words(again) == words(file) && again.metadata == file.metadata,
        "what is written is not what is read: \(file.tensors.map(\.name))")
    }
  }

  /// Put into a trainer of the space that the corpus was trained in.
  private static let checkpoint = FuzzedParser("checkpoint") {
    let (folder, trainer) = (try ScratchFolder(), try TinyNetwork.trainer())
    let space = trainer.supernet.space.yaml
    return { bytes in
      let path = try folder.write("checkpoint.safetensors", bytes)
      let checkpoint = try Checkpoint(readingFrom: path)
      try checkpoint.restore(trainer.supernet, path: path)
      try checkpoint.restore(trainer, spaceText: space, dataset: "images", path: path)
    }
  }

  private static let subnetDescription = FuzzedParser("subnet") {
    let (folder, device) = (try ScratchFolder(), try NativeDevice(threads: 1))
    let path = folder.path("subnet.safetensors")
    try TinyNetwork.subnet(on: device).write(to: path)
    return { bytes in
      try folder.write("subnet.json", bytes)
      try use(ExportedSubnet(readingFrom: path, on: device))
    }
  }

  private static let subnetWeights = FuzzedParser("subnet-weights") {
    let (folder, device) = (try ScratchFolder(), try NativeDevice(threads: 1))
    let path = folder.path("subnet.safetensors")
    try TinyNetwork.subnet(on: device).write(to: path)
    return { bytes in
      try folder.write("subnet.safetensors", bytes)
      try use(ExportedSubnet(readingFrom: path, on: device))
    }
  }

  private static func use(_ subnet: ExportedSubnet) throws {
    let space = subnet.network.space
    try BrokenLaw.check(
      space.searchSpace.contains(subnet.architecture),
      "\(subnet.architecture) is not in \(space.yaml)")
    _ = space.text(of: subnet.architecture)
  }
}

/// A network of a few weights, and what it is trained on.
enum TinyNetwork {
  static let space = """
    name: tiny
    input: {channels: 1, resolution: 8}
    classes: 2
    stem: {width: [2, 4], stride: 2}
    stages:
      - {depth: 1, width: 4, kernel: 3, expansion: 1}
    head: {width: 4}
    """

  static let statistics = PixelStatistics(mean: [0.5], standardDeviation: [0.25])

  static func supernet(on device: any Device) throws -> Supernet {
    try Supernet(
      SpaceCatalogue.space(reading: ConfigurationNode(parsing: space, file: "tiny")), on: device,
      seed: 1)
  }

  static func trainer() throws -> Trainer {
    let images = ImageDataset(
      name: "images", height: 8, width: 8, channels: 1,
      images: (0..<8 * 64).map { UInt8(truncatingIfNeeded: $0) },
      labels: (0..<8).map { Int32($0 % 2) }, classNames: ["even", "odd"])
    return try Trainer(
      supernet(on: NativeDevice(threads: 1)), recipe: TrainingRecipe(epochs: 2, batchSize: 4),
      images: images, statistics: statistics)
  }

  static func subnet(on device: any Device) throws -> ExportedSubnet {
    let supernet = try supernet(on: device)
    let images = try device.tensor(
      [Float](repeating: 0.5, count: 64), [1, 8, 8, 1])
    return try ExportedSubnet(
      supernet.space.largest, of: supernet,
      batchNorm: supernet.recalibrated(supernet.space.largest, images: [images]),
      normalization: statistics, classNames: ["even", "odd"], imageSize: 8)
  }
}
