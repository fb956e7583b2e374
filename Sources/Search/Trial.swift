/// One candidate's evaluation: asked for, under way, done or failed.
public struct Trial: Sendable, Equatable {
  public enum State: Sendable, Equatable {
    case pending
    case complete
    case failed(reason: String)
  }

  /// The place of the trial in its study, from 0.
  public let number: Int
  public let architecture: Architecture
  /// The name of the strategy or person that proposed the architecture.
  public let source: String
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
    number: Int, architecture: Architecture, source: String, seed: UInt64 = 0,
    state: State = .pending, metrics: [String: Double] = [:], duration: Duration = .zero
  ) {
    self.number = number
    self.architecture = architecture
    self.source = source
    self.seed = seed
    self.state = state
    self.metrics = metrics
    self.duration = duration.inWholeNanoseconds
  }
}

extension Duration {
  /// The nanoseconds in a duration, rounded towards zero; 292 years fit.
  fileprivate var nanoseconds: Int64 {
    components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000
  }

  fileprivate var inWholeNanoseconds: Duration { .nanoseconds(nanoseconds) }
}

extension Trial: Codable {
  private enum CodingKeys: String, CodingKey {
    case number, architecture, source, seed, state, reason, metrics, nanoseconds
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
    self.init(
      number: try container.decode(Int.self, forKey: .number),
      architecture: try container.decode(Architecture.self, forKey: .architecture),
      source: try container.decode(String.self, forKey: .source),
      seed: try container.decode(UInt64.self, forKey: .seed),
      state: state,
      metrics: try container.decode([String: Double].self, forKey: .metrics),
      duration: .nanoseconds(try container.decode(Int64.self, forKey: .nanoseconds)))
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(number, forKey: .number)
    try container.encode(architecture, forKey: .architecture)
    try container.encode(source, forKey: .source)
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
