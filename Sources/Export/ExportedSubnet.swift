#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
import Datasets
@_exported import Estimation
import Operators
import Search
import TensorFiles

/// A subnet by itself: its own weights and batch norm, how to feed it, and what it answers.
public struct ExportedSubnet {
  /// Holds this one architecture's parameters.
  public let network: Supernet
  public let architecture: Architecture
  public let batchNorm: BatchNormStatistics
  public let normalization: PixelStatistics
  public let classNames: [String]
  /// Side of the images it was trained on, before they are resized to its resolution.
  public let imageSize: Int

  public var resolution: Int { network.space.resolution(of: architecture) }

  /// Cuts a subnet out of a supernet.
  public init(
    _ architecture: Architecture, of supernet: Supernet, batchNorm: BatchNormStatistics,
    normalization: PixelStatistics, classNames: [String], imageSize: Int
  ) throws {
    let values = Dictionary(
      uniqueKeysWithValues: try supernet.subnetParameters(architecture).map { ($0.name, $0.values) }
    )
    let space = try supernet.space.fixed(to: architecture)
    let inner = try space.architecture(text: supernet.space.text(of: architecture))
    network = try Supernet(space, on: supernet.device, alone: inner, parameters: values)
    self.architecture = inner
    self.batchNorm = batchNorm
    self.normalization = normalization
    self.classNames = classNames
    self.imageSize = imageSize
  }

  /// Cuts a subnet out of a supernet that was trained on these images, its batch norm recalibrated.
  public init(
    _ architecture: Architecture, judgedBy estimator: AccuracyEstimator,
    trainedOn data: DatasetSplits
  ) throws {
    try self.init(
      architecture, of: estimator.supernet, batchNorm: estimator.recalibrated(architecture),
      normalization: data.statistics, classNames: data.train.classNames,
      imageSize: data.train.height)
  }

  /// Writes `path` (weights as safetensors, batch norm included) and, beside it, a JSON of the same
  /// name that describes the network and a Python module that builds it in PyTorch.
  public func write(to path: String) throws {
    var tensors = try network.subnetParameters(architecture).map { parameter in
      NamedTensor(
        name: parameter.name, shape: PyTorchLayout.shape(parameter.shape, parameter.role),
        values: PyTorchLayout.exported(parameter.values, parameter.shape, parameter.role))
    }
    tensors += try batchNorm.values().map {
      NamedTensor(name: $0.name, shape: [$0.values.count], values: $0.values)
    }
    let description = SubnetDescription(
      weights: Self.lastComponent(path), network: network.space.configuration,
      architecture: network.space.text(of: architecture),
      normalization: .init(mean: normalization.mean, std: normalization.standardDeviation),
      imageSize: imageSize, classNames: classNames)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    let json = String(decoding: try encoder.encode(description), as: UTF8.self) + "\n"
    // Weights last, and earlier ones away first: where there are any, this is their description.
    try? FileManager.default.removeItem(atPath: path)
    try AtomicFile.write(json, to: Self.path(beside: path, ".json"))
    try AtomicFile.write(
      try PyTorchModule.text(
        try trace(), title: "\(network.space.name): \(network.space.text(of: architecture))",
        normalization: normalization),
      to: Self.path(beside: path, ".py"))
    try SafetensorsFile(tensors: tensors, metadata: ["format": SubnetDescription.format])
      .sealed().write(to: path)
  }

  /// Bytes of the weights that `write` writes of an architecture.
  public static func byteCount(
    of architecture: Architecture, in space: any NetworkSpace
  ) throws -> Int {
    func tensor(_ name: String, _ shape: [Int]) -> NamedTensor {
      NamedTensor(
        name: name, shape: shape, values: [Float](repeating: 0, count: shape.reduce(1, *)))
    }
    let tensors = try space.parameterLayout(of: architecture).entries.flatMap { entry in
      let own = tensor(entry.name, PyTorchLayout.shape(entry.shape, entry.role))
      guard entry.role == .gamma || entry.role == .lastGamma else { return [own] }
      let norm = entry.name.dropLast(".weight".count)
      return [own]
        + ["running_mean", "running_var"].map { tensor("\(norm).\($0)", Array(entry.shape)) }
    }
    return try SafetensorsFile(tensors: tensors, metadata: ["format": SubnetDescription.format])
      .sealed().encoded().count
  }

  /// Reads what `write` wrote; whatever does not fit together is told in one line.
  ///
  /// - Parameters:
  ///   - path: the .safetensors file.
  ///   - description: the .json of weights that another program wrote, by the same names.
  ///   - device: to hold the subnet.
  ///   - kinds: the kinds of space that it may be of: your own besides, where you have some.
  public init(
    readingFrom path: String, description: String? = nil, on device: any Device,
    among kinds: [SpaceCatalogue.Kind] = SpaceCatalogue.kinds
  ) throws {
    let file = try SafetensorsFile(readingFrom: path)
    guard description != nil || file.metadata["format"] == SubnetDescription.format else {
      throw ConfigurationError(
        "\(path): not an exported subnet; give a .safetensors file that `export`, `run` or "
          + "`import` wrote")
    }
    let jsonPath = description ?? Self.path(beside: path, ".json")
    let node = try ConfigurationNode(parsing: try FileReader.text(of: jsonPath), file: jsonPath)
    let fields = try node.mapping(
      [
        "format", "weights", "network", "architecture", "normalization", "pixels", "class-names",
        "image-size",
      ],
      required: ["format", "network", "normalization", "class-names", "image-size"])
    guard try fields["format"]?.string() == SubnetDescription.format,
      let networkNode = fields["network"], let normalizationNode = fields["normalization"],
      let classNode = fields["class-names"], let sizeNode = fields["image-size"]
    else {
      throw node.error("not a subnet's description; give the .safetensors that `export` wrote")
    }
    let space = try SpaceCatalogue.space(reading: networkNode, among: kinds)
    architecture = try Self.architecture(fields["architecture"], of: space, networkNode)
    let numbers = try normalizationNode.mapping(["mean", "std"], required: ["mean", "std"])
    func floats(_ key: String, in range: ClosedRange<Double>) throws -> [Float] {
      let values = try numbers[key]?.list().map { Float(try $0.double(in: range)) } ?? []
      guard values.count == space.channels else {
        throw normalizationNode.error("`\(key)` needs \(space.channels) numbers")
      }
      return values
    }
    normalization = PixelStatistics(
      mean: try floats("mean", in: -1e6...1e6), standardDeviation: try floats("std", in: 1e-6...1e6)
    )
    imageSize = try sizeNode.int(in: 1...65_536)
    classNames = try classNode.list().map { try $0.string() }

    var values: [String: [Float]] = [:]
    for entry in try space.parameterLayout(of: architecture).entries {
      let theirs = try file.floats(
        name: entry.name, shape: PyTorchLayout.shape(entry.shape, entry.role))
      values[entry.name] = PyTorchLayout.imported(theirs, entry.shape, entry.role)
    }
    network = try Supernet(space, on: device, alone: architecture, parameters: values)
    batchNorm = BatchNormStatistics(on: device)
    for entry in network.layout.entries where entry.role == .gamma || entry.role == .lastGamma {
      let norm = entry.name.dropLast(".weight".count)
      for name in ["\(norm).running_mean", "\(norm).running_var"] {
        try batchNorm.set(name, to: try file.floats(name: name, shape: Array(entry.shape)))
      }
    }
  }

  /// Which images of a dataset it gets right, image by image.
  public func correct(on dataset: ImageDataset) throws -> [Bool] {
    var correct: [Bool] = []
    let inference = SubnetInference(network, architecture, batchNorm)
    try forEachBatch(of: dataset) { correct += try inference.correct([$0]) }
    return correct
  }

  /// Its logits [N*classes] of a dataset, image by image.
  public func logits(on dataset: ImageDataset) throws -> [Float] {
    var logits: [Float] = []
    let inference = SubnetInference(network, architecture, batchNorm)
    try forEachBatch(of: dataset) { logits += try inference.logits([$0]) }
    return logits
  }

  private func forEachBatch(
    of dataset: ImageDataset, _ body: (LabelledImages) throws -> Void
  ) throws {
    guard dataset.channels == network.space.channels else {
      throw ConfigurationError(
        "\(dataset.name): images of \(dataset.channels) channels, the subnet wants "
          + "\(network.space.channels)")
    }
    try LabelledImages.forEachBatch(
      of: dataset, statistics: normalization, batchSize: 128, on: network.device, body)
  }

  /// The architecture that is named; it may be left out where there is one.
  private static func architecture(
    _ field: ConfigurationNode?, of space: any NetworkSpace, _ network: ConfigurationNode
  ) throws -> Architecture {
    guard let field else {
      guard space.searchSpace.count == 1 else {
        throw network.error(
          "a subnet has one option in every list, this has more; name one as `architecture`")
      }
      return space.largest
    }
    do {
      return try space.architecture(text: try field.string())
    } catch let error as SearchError {
      throw field.error("\(error)")
    }
  }

  /// The file of another kind that belongs to a .safetensors file.
  public static func path(beside path: String, _ suffix: String) -> String {
    (path.hasSuffix(".safetensors") ? String(path.dropLast(12)) : path) + suffix
  }

  private static func lastComponent(_ path: String) -> String {
    path.split(separator: "/").last.map(String.init) ?? path
  }
}
