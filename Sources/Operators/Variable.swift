/// A value on its way through a network, and where its gradient goes.
///
/// What a convolution hands on is stored as it left it, with the batch norm and activation that its
/// readers apply; what a rectifier hands on is its input's memory, with the activation alone. The
/// last reader to contribute to its gradient takes the activation's slope into it and gathers the
/// batch norm's sums.
public final class Variable {
  /// What lies in memory.
  let stored: Tensor
  let normalization: Normalization?
  private(set) var gradient: Tensor?
  /// Set when the gradient is that before the activation.
  private(set) var gradientSums: ChannelSums?
  /// Those that this is the sum of.
  private let summands: [Variable]
  /// The summand whose batch norm's sums were gathered with the gradient, which is its own too.
  private var summed: (summand: Variable, sums: ChannelSums)?
  let requiresGradient: Bool
  /// Where a parameter's, or a caller's, gradient goes.
  private let givenSink: GradientSink?
  /// Whether the gradient is another variable's too, and must not be changed.
  private var isGradientShared = false
  private var seen: Tensor?
  /// Recorded operators that have yet to contribute to the gradient.
  var readers = 0

  /// Data: no gradient is wanted.
  public init(_ value: Tensor) {
    stored = value
    normalization = nil
    summands = []
    requiresGradient = false
    givenSink = nil
  }

  /// A parameter, or a slice of one, whose gradient is added in place; frozen without one.
  public convenience init(parameter value: Tensor, gradient: Tensor?) {
    self.init(value, sink: gradient.map { GradientSink($0, accumulate: true) })
  }

  init(_ value: Tensor, sink: GradientSink?) {
    stored = value
    normalization = nil
    summands = []
    requiresGradient = sink != nil
    givenSink = sink
  }

  init(
    computed stored: Tensor, _ normalization: Normalization?, requiresGradient: Bool,
    summands: [Variable] = []
  ) {
    self.stored = stored
    self.summands = summands
    self.normalization = normalization
    self.requiresGradient = requiresGradient
    givenSink = nil
  }

  public var shape: Shape { stored.shape }
  public var device: any Device { stored.device }

  /// The numbers, of what needs no normalizing: parameters, data, logits, losses; `activations` are
  /// those of anything.
  public var value: Tensor {
    precondition(normalization == nil, "the value of \(shape) before its normalization")
    return stored
  }

  var reading: Reading {
    // The same on the way back as before, whoever else has read it.
    if let seen, stored.element == .float { return .asIs(seen) }
    return normalization.map { .normalized(stored, $0) } ?? .asIs(stored)
  }

  /// The numbers that readers see.
  public func activations() throws -> Tensor {
    if let seen { return seen }
    let numbers = try reading.materialized()
    if normalization != nil || stored.element == .half { seen = numbers }
    return numbers
  }

  /// Where a contribution to the gradient goes: the first is written, later ones are added.
  func sink() throws -> GradientSink? {
    guard requiresGradient else { return nil }
    if let givenSink { return givenSink }
    guard let earlier = gradient else {
      let fresh = try stored.device.empty(shape)
      gradient = fresh
      return GradientSink(fresh, accumulate: false)
    }
    if isGradientShared {
      let own = try stored.device.empty(shape)
      try stored.device.copy(earlier, to: own)
      gradient = own
      isGradientShared = false
      return GradientSink(own, accumulate: true)
    }
    return GradientSink(earlier, accumulate: true)
  }

  /// Takes a gradient as it is for this one's contribution.
  ///
  /// - Parameters:
  ///   - sums: the batch norm's, where they were gathered: it is then the only contribution.
  ///   - isShared: whether it stays someone else's too.
  func contribute(_ given: Tensor, sums: ChannelSums? = nil, isShared: Bool = true) throws {
    guard requiresGradient else { return }
    if givenSink == nil, gradient == nil {
      gradient = given
      gradientSums = sums
      isGradientShared = isShared
    } else if let sink = try sink() {
      try given.device.copy(given, to: sink.tensor, accumulate: sink.accumulate)
    }
  }

  /// Lets `body` store a contribution, finished if it is the last.
  func storeGradient(_ body: (_ y: Tensor, Finish) throws -> ChannelSums?) throws {
    if let normalization, readers == 1 {
      let fresh = try stored.device.empty(shape)
      gradientSums = try body(fresh, .gradient(of: stored, normalization, addend: gradient))
      gradient = fresh
    } else if readers == 1, let summand = summands.first(where: isGatheredFor),
      let normalization = summand.normalization
    {
      let fresh = try stored.device.empty(shape)
      let sums = try body(fresh, .gradient(of: summand.stored, normalization, addend: gradient))
      summed = sums.map { (summand, $0) }
      (gradient, isGradientShared) = (fresh, false)
    } else if isGradientShared {
      let fresh = try stored.device.empty(shape)
      _ = try body(fresh, .accumulate(gradient))
      (gradient, isGradientShared) = (fresh, false)
    } else if let sink = try sink() {
      _ = try body(sink.tensor, sink.accumulate ? .accumulate(nil) : .plain)
    }
  }

  /// Whether a summand's batch norm wants sums of this gradient: nobody else reads the summand, and its
  /// numbers lie in memory as this one's.
  private func isGatheredFor(_ summand: Variable) -> Bool {
    summand.readers == 1 && summand.normalization?.activation == .identity
      && summand.requiresGradient && summand.stored.element == stored.element
  }

  /// The sums for a summand's batch norm, where they were gathered.
  func sums(of summand: Variable) -> ChannelSums? {
    summed.flatMap { $0.summand === summand ? $0.sums : nil }
  }

  /// The gradient before the activation, and its sums.
  func finishedGradient() throws -> (Tensor, ChannelSums) {
    guard let gradient, let normalization else {
      preconditionFailure("no gradient of \(shape), or no normalization")
    }
    if let gradientSums { return (gradient, gradientSums) }
    let finished =
      normalization.activation == .identity ? nil : try stored.device.empty(shape)
    let sums = try ChannelSums.finish(gradient, of: stored, normalization, into: finished)
    return (finished ?? gradient, sums)
  }

  func setGradient(_ gradient: Tensor) { self.gradient = gradient }

  func forgetGradient() { (gradient, gradientSums, summed) = (nil, nil, nil) }
}
