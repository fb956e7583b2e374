#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

extension TrainingRecipe {
  static let keys = [
    "epochs", "batch", "sampling", "random-subnets", "optimizer", "nesterov", "momentum",
    "learning-rate",
    "warmup-steps", "final-rate-fraction", "weight-decay", "dropout", "label-smoothing",
    "crop-padding", "horizontal-flip", "seed",
  ]

  /// A recipe as a user writes it in YAML; what is not given stays as in `standard`.
  public init(_ node: ConfigurationNode, standard: TrainingRecipe = TrainingRecipe()) throws {
    self = standard
    let fields = try node.mapping(Self.keys)
    if let field = fields["epochs"] { epochs = try field.int(in: 1...100_000) }
    if let field = fields["batch"] { batchSize = try field.int(in: 2...65_536) }
    if let field = fields["sampling"] {
      let name = try field.choice(["auto"] + SamplingRule.allCases.map(\.rawValue))
      sampling = SamplingRule(rawValue: name)
    }
    if let field = fields["random-subnets"] { randomSubnets = try field.int(in: 0...64) }
    if let field = fields["optimizer"] {
      let name = try field.choice(OptimizerName.allCases.map(\.rawValue))
      optimizer = OptimizerName(rawValue: name) ?? optimizer
    }
    if let field = fields["nesterov"] { nesterov = try field.bool() }
    if let field = fields["momentum"] { momentum = Float(try field.double(in: 0...0.9999)) }
    if let field = fields["learning-rate"] {
      learningRate = Float(try field.double(in: 1e-9...100))
    }
    if let field = fields["warmup-steps"] { warmupSteps = try field.int(in: 0...1_000_000) }
    if let field = fields["final-rate-fraction"] {
      finalRateFraction = Float(try field.double(in: 1e-6...1))
    }
    if let field = fields["weight-decay"] { weightDecay = Float(try field.double(in: 0...1)) }
    if let field = fields["dropout"] { dropout = Float(try field.double(in: 0...0.95)) }
    if let field = fields["label-smoothing"] {
      labelSmoothing = Float(try field.double(in: 0...0.9))
    }
    if let field = fields["crop-padding"] { cropPadding = try field.int(in: 0...64) }
    if let field = fields["horizontal-flip"] { horizontalFlip = try field.bool() }
    if let field = fields["seed"] { seed = UInt64(try field.int(in: 0...Int.max)) }
  }

  /// The recipe as it is written in a configuration: key and value, in order.
  public var fields: [(key: String, value: String)] {
    let values = [
      "\(epochs)", "\(batchSize)", sampling?.rawValue ?? "auto", "\(randomSubnets)",
      optimizer.rawValue, "\(nesterov)", "\(momentum)", "\(learningRate)", "\(warmupSteps)",
      "\(finalRateFraction)", "\(weightDecay)",
      "\(dropout)", "\(labelSmoothing)", "\(cropPadding)", "\(horizontalFlip)", "\(seed)",
    ]
    return Array(zip(Self.keys, values)).map { (key: $0.0, value: $0.1) }
  }

  /// `epochs 2 there, 3 here`, for all that differs.
  func difference(from other: TrainingRecipe) -> String {
    zip(fields, other.fields).filter { $0.value != $1.value }
      .map { "\($0.key) \($0.value) there, \($1.value) here" }.joined(separator: "; ")
  }

  var json: String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    return (try? encoder.encode(self)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  init?(json: String) {
    guard let recipe = try? JSONDecoder().decode(TrainingRecipe.self, from: Data(json.utf8)) else {
      return nil
    }
    self = recipe
  }
}
