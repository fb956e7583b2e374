/// One candidate's evaluation: asked for, under way, done or failed.
public struct Trial: Sendable, Hashable {
  public enum State: Sendable, Hashable {
    case pending
    case complete
    case failed(reason: String)
  }

  /// The place of the trial in its study, from 0.
  public let number: Int
  public let architecture: Architecture
  /// The part of the full budget that its evaluation gets; 1 is the full one, and only then its
  /// metrics count as the architecture's.
  public let fidelity: Double
  /// The name of the strategy or person that proposed the architecture.
  public let source: String
  /// The name of the estimator that evaluates it; empty where there is only one.
  public let estimator: String
  /// The device it is evaluated on; empty where none is involved, as with a table.
  public let device: String
  /// The seed its evaluation uses.
  public let seed: UInt64
  public internal(set) var state: State
  /// What was measured, by name; those known before the evaluation are there while pending.
  public internal(set) var metrics: [String: Double]
  /// How long the evaluation took, in whole nanoseconds.
  public internal(set) var duration: Duration {
    didSet { duration = duration.inWholeNanoseconds }
  }

  public init(
    number: Int, architecture: Architecture, fidelity: Double = 1, source: String,
    estimator: String = "", device: String = "", seed: UInt64 = 0,
    state: State = .pending, metrics: [String: Double] = [:], duration: Duration = .zero
  ) {
    precondition(fidelity > 0 && fidelity <= 1, "fidelity \(fidelity) is not in 0 < f <= 1")
    self.number = number
    self.architecture = architecture
    self.fidelity = fidelity
    self.source = source
    self.estimator = estimator
    self.device = device
    self.seed = seed
    self.state = state
    self.metrics = metrics
    self.duration = duration.inWholeNanoseconds
  }
}

extension Duration {
  public var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) * 1e-18
  }

  /// The nanoseconds in a duration, rounded towards zero; 292 years fit.
  public var nanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }

  fileprivate var inWholeNanoseconds: Duration { .nanoseconds(nanoseconds) }
}

extension Trial: Codable {
  private enum CodingKeys: String, CodingKey {
    case number, architecture, fidelity, source, estimator, device, seed, state, reason, metrics
    case nanoseconds
  }

  private enum StateName: String, Codable { case pending, complete, failed }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let state: State
    switch try container.decode(StateName.self, forKey: .state) {
    case .pending: state = .pending
    case .complete: state = .complete
    case .failed: state = .failed(reason: try container.decode(String.self, forKey: .reason))
    }
    let fidelity = try container.decode(Double.self, forKey: .fidelity)
    guard fidelity > 0, fidelity <= 1 else {
      throw SearchError("a trial's fidelity is \(fidelity): it must be above 0 and at most 1")
    }
    self.init(
      number: try container.decode(Int.self, forKey: .number),
      architecture: try container.decode(Architecture.self, forKey: .architecture),
      fidelity: fidelity,
      source: try container.decode(String.self, forKey: .source),
      estimator: try container.decode(String.self, forKey: .estimator),
      device: try container.decode(String.self, forKey: .device),
      seed: try container.decode(UInt64.self, forKey: .seed),
      state: state,
      metrics: try container.decode([String: Double].self, forKey: .metrics),
      duration: .nanoseconds(try container.decode(Int64.self, forKey: .nanoseconds)))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(number, forKey: .number)
    try container.encode(architecture, forKey: .architecture)
    try container.encode(fidelity, forKey: .fidelity)
    try container.encode(source, forKey: .source)
    try container.encode(estimator, forKey: .estimator)
    try container.encode(device, forKey: .device)
    try container.encode(seed, forKey: .seed)
    switch state {
    case .pending: try container.encode(StateName.pending, forKey: .state)
    case .complete: try container.encode(StateName.complete, forKey: .state)
    case .failed(let reason):
      try container.encode(StateName.failed, forKey: .state)
      try container.encode(reason, forKey: .reason)
    }
    try container.encode(metrics, forKey: .metrics)
    try container.encode(duration.nanoseconds, forKey: .nanoseconds)
  }
}
