/// An answer in the making: it takes only what a strategy may propose, and knows when to give up.
public struct ProposalBatch {
  public let request: SearchRequest
  /// The randomness of this answer: that of the strategy's seed and the history's length.
  public var generator: SeededGenerator
  public private(set) var proposals: [Proposal] = []
  /// All that was offered and is not in the history, so that nothing is asked of `admits` twice.
  private var offered: [Double: Set<Architecture>] = [:]

  /// A random draw finds one admitted architecture in this many, or gives up.
  private static let randomTries = 1000
  /// Spaces up to this size are searched to the end before giving up.
  private static let scannedCount = 65_536.0
  /// Draws for one candidate that may be old or refused before a random one takes the place.
  private static let drawTries = 128
  /// After this many such draws their mutants are taken instead, one step further away each time.
  private static let drawTriesPerStep = 16

  public init(_ request: SearchRequest, seed: UInt64) {
    self.request = request
    generator = SeededGenerator(seed: seed, stream: request.history.count)
  }

  public var isFull: Bool { proposals.count >= request.count }

  /// Says whether every member of the space is in the history or was offered at this fidelity.
  private func isExhausted(_ fidelity: Double) -> Bool {
    let known = request.history.architectureCount(atFidelity: fidelity)
    return Double(known + (offered[fidelity]?.count ?? 0)) >= request.space.count
  }

  /// Takes a canonical architecture if it is new at this fidelity and admitted, and says whether it
  /// did.
  @discardableResult
  public mutating func offer(_ architecture: Architecture, fidelity: Double = 1) -> Bool {
    let proposal = Proposal(architecture, fidelity: fidelity)
    guard !isFull, !request.history.contains(proposal),
      offered[fidelity, default: []].insert(architecture).inserted, request.admits(architecture)
    else { return false }
    proposals.append(proposal)
    return true
  }

  /// Takes a random architecture; false means that none was found.
  @discardableResult
  public mutating func addRandom(fidelity: Double = 1) -> Bool {
    guard !isFull else { return false }
    for _ in 0..<Self.randomTries {
      guard !isExhausted(fidelity) else { return false }
      if offer(request.space.random(using: &generator), fidelity: fidelity) { return true }
    }
    return request.space.count <= Self.scannedCount && addByScanning(fidelity)
  }

  /// Takes the first architecture that will do, from a random one on and around.
  private mutating func addByScanning(_ fidelity: Double) -> Bool {
    let start = request.space.random(using: &generator)
    for architecture in request.space.architectures(from: start)
    where offer(architecture, fidelity: fidelity) {
      return true
    }
    for architecture in request.space.allArchitectures.prefix(while: { $0 < start })
    where offer(architecture, fidelity: fidelity) {
      return true
    }
    return false
  }

  /// Takes random architectures until it is full or none is found.
  public mutating func fillWithRandom() {
    while addRandom() {}
  }

  /// Takes what `draw` draws; where it draws what is old or refused, mutants of that, further and
  /// further away, and at last a random one.
  @discardableResult
  public mutating func add(
    stepProbability: Double = 0, _ draw: (inout SeededGenerator) -> Architecture
  ) -> Bool {
    guard !isFull else { return false }
    for attempt in 0..<Self.drawTries {
      guard !isExhausted(1) else { return false }
      var child = draw(&generator)
      for _ in 0..<(attempt / Self.drawTriesPerStep) {
        child = request.space.mutated(child, probability: stepProbability, using: &generator)
      }
      if offer(child) { return true }
    }
    return addRandom()
  }

  /// Takes a mutant of what `parent` picks, further and further away, or else a random one.
  @discardableResult
  public mutating func addMutant(
    probability: Double, of parent: (inout SeededGenerator) -> Architecture
  ) -> Bool {
    let space = request.space
    return add(stepProbability: probability) { generator in
      space.mutated(parent(&generator), probability: probability, using: &generator)
    }
  }
}
