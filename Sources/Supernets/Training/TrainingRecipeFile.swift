import Datasets

extension TrainingRecipe {
  /// What a configuration may say, in the order in which it is written.
  static let keys = TrainingRecipe().options.map(\.key)

  /// A recipe as a user writes it in YAML; what is not given stays as in `standard`.
  public init(_ node: ConfigurationNode, standard: TrainingRecipe = TrainingRecipe()) throws {
    self = standard
    let fields = try node.mapping(Self.keys)
    if let field = fields["epochs"] { epochs = try field.int(in: 1...100_000) }
    if let field = fields["batch"] { batchSize = try field.int(in: 2...65_536) }
    if let field = fields["grad-accum-steps"] { gradAccumSteps = try field.int(in: 1...1_024) }
    if let field = fields["sync-bn"] { syncBatchNorm = try field.bool() }
    if let field = fields["half-activations"] { halfActivations = try field.bool() }
    if let field = fields["sampling"] {
      let name = try field.choice(["auto"] + SamplingRule.allCases.map(\.rawValue))
      sampling = SamplingRule(rawValue: name)
    }
    if let field = fields["random-subnets"] { randomSubnets = try field.int(in: 0...64) }
    if let field = fields["optimizer"] { optimizer = try field.name(of: optimizer) }
    if let field = fields["nesterov"] { nesterov = try field.bool() }
    if let field = fields["momentum"] { momentum = try field.float(in: 0...0.9999) }
    if let field = fields["learning-rate"] { learningRate = try field.float(in: 1e-9...100) }
    if let field = fields["warmup-steps"] { warmupSteps = try field.int(in: 0...1_000_000) }
    if let field = fields["schedule"] { schedule = try field.name(of: schedule) }
    if let field = fields["final-rate-fraction"] {
      finalRateFraction = try field.float(in: 1e-6...1)
    }
    if let field = fields["decay-epochs"] { decayEpochs = try field.int(in: 1...100_000) }
    if let field = fields["decay-rate"] { decayRate = try field.float(in: 1e-6...1) }
    if let field = fields["clip-grad"] { clipGrad = try field.float(in: 1e-9...1e9) }
    if let field = fields["model-ema-decay"] { modelEMADecay = try field.float(in: 0...0.999_999) }
    if let field = fields["weight-decay"] { weightDecay = try field.float(in: 0...1) }
    if let field = fields["dropout"] { dropout = try field.float(in: 0...0.95) }
    if let field = fields["label-smoothing"] { labelSmoothing = try field.float(in: 0...0.9) }
    if let field = fields["early-stopping-patience"] {
      earlyStoppingPatience = try field.int(in: 1...100_000)
    }
    if let field = fields["crop-padding"] { cropPadding = try field.int(in: 0...64) }
    if let field = fields["horizontal-flip"] { horizontalFlip = try field.bool() }
    if let field = fields["seed"] { seed = UInt64(try field.int(in: 0...Int.max)) }
    if let field = fields["resized-crop"] {
      strongAugmentation.resizedCrop = Float(try field.double(in: 0.01...1))
    }
    if let field = fields["randaugment"] {
      strongAugmentation.randAugment = try field.int(in: 0...16)
    }
    if let field = fields["randaugment-magnitude"] {
      strongAugmentation.randAugmentMagnitude = try field.int(in: 0...RandAugment.mostMagnitude)
    }
    if let field = fields["cutout"] { strongAugmentation.cutout = try field.int(in: 0...1024) }
    if let field = fields["mixup"] {
      strongAugmentation.mixup = Float(try field.double(in: 0...4))
      guard strongAugmentation.mixup == 0 || strongAugmentation.mixup >= 0.01 else {
        throw field.error("give 0 for none, or an alpha from 0.01 to 4")
      }
    }
  }

  /// The recipe as it is written in a configuration: key and value, in order; what is off is left out.
  public var fields: [(key: String, value: String)] {
    options.compactMap { key, value in value.map { (key, $0) } }
  }

  private var options: [(key: String, value: String?)] {
    let (strong, none) = (strongAugmentation, StrongAugmentation())
    func text<Value: Equatable>(_ field: KeyPath<StrongAugmentation, Value>) -> String? {
      strong[keyPath: field] == none[keyPath: field] ? nil : "\(strong[keyPath: field])"
    }
    return [
      ("epochs", "\(epochs)"), ("batch", "\(batchSize)"), ("grad-accum-steps", "\(gradAccumSteps)"),
      ("sync-bn", syncBatchNorm ? "true" : nil),
      ("half-activations", halfActivations ? "true" : nil),
      ("sampling", sampling?.rawValue ?? "auto"),
      ("random-subnets", "\(randomSubnets)"), ("optimizer", optimizer.rawValue),
      ("nesterov", "\(nesterov)"), ("momentum", "\(momentum)"),
      ("learning-rate", "\(learningRate)"),
      ("warmup-steps", "\(warmupSteps)"), ("schedule", schedule.rawValue),
      ("final-rate-fraction", "\(finalRateFraction)"), ("decay-epochs", "\(decayEpochs)"),
      ("decay-rate", "\(decayRate)"), ("clip-grad", clipGrad.map { "\($0)" }),
      ("model-ema-decay", modelEMADecay.map { "\($0)" }), ("weight-decay", "\(weightDecay)"),
      ("dropout", "\(dropout)"), ("label-smoothing", "\(labelSmoothing)"),
      ("early-stopping-patience", earlyStoppingPatience.map { "\($0)" }),
      ("crop-padding", "\(cropPadding)"), ("horizontal-flip", "\(horizontalFlip)"),
      ("seed", "\(seed)"), ("resized-crop", text(\.resizedCrop)),
      ("randaugment", text(\.randAugment)),
      ("randaugment-magnitude", text(\.randAugmentMagnitude)), ("cutout", text(\.cutout)),
      ("mixup", text(\.mixup)),
    ]
  }

  /// `epochs 2 there, 3 here`, for all that differs.
  func difference(from other: TrainingRecipe) -> String {
    let (there, here) = (
      Dictionary(uniqueKeysWithValues: fields.map { ($0.key, $0.value) }),
      Dictionary(uniqueKeysWithValues: other.fields.map { ($0.key, $0.value) })
    )
    return Self.keys.filter { there[$0] != here[$0] }
      .map { "\($0) \(there[$0] ?? "off") there, \(here[$0] ?? "off") here" }
      .joined(separator: "; ")
  }

  /// On one line, as YAML: what a checkpoint keeps.
  var text: String { "{" + fields.map { "\($0.key): \($0.value)" }.joined(separator: ", ") + "}" }
}

extension ConfigurationNode {
  fileprivate func float(in range: ClosedRange<Double>) throws -> Float {
    Float(try double(in: range))
  }

  /// One of the names that a value of this kind may have.
  fileprivate func name<Value: RawRepresentable<String> & CaseIterable>(
    of value: Value
  ) throws -> Value {
    Value(rawValue: try choice(Value.allCases.map(\.rawValue))) ?? value
  }
}
