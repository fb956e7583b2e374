import Search

/// Which subnets a step of a supernet's training takes.
public enum SamplingRule: String, Sendable, CaseIterable {
  /// The largest, random ones and the smallest, all but the largest learning from its predictions
  /// (Yu and Huang 2019): for spaces whose architectures are slices of the largest.
  case sandwich
  /// One, each equally likely, from the labels (Guo and others 2020, "Single path one-shot").
  case singlePath = "single-path"
  /// As many as the longest list has options, so that each option is taken equally often in every
  /// step (Chu and others 2021, "FairNAS").
  case fair

  /// Whether all but the first learn from the first's predictions.
  public var distils: Bool { self == .sandwich }

  /// A step's subnets, the teacher first if there is one.
  ///
  /// - Parameter random: how many random ones the sandwich holds.
  func subnets(
    of space: any NetworkSpace, random: Int, using generator: inout SeededGenerator
  ) -> [Architecture] {
    let choices = space.searchSpace
    switch self {
    case .sandwich:
      return [space.largest] + (0..<random).map { _ in choices.random(using: &generator) }
        + [space.smallest]
    case .singlePath: return [choices.random(using: &generator)]
    case .fair:
      let count = choices.dimensions.map(\.options.count).max() ?? 1
      // A shuffled deck of each list's options, dealt one to a subnet.
      let decks = choices.dimensions.map { dimension in
        let options = Array(dimension.options.indices)
        var deck: [Int] = []
        while deck.count < count { deck += options.shuffled(using: &generator) }
        return deck
      }
      return (0..<count).map { place in
        choices.canonical(Architecture(decks.map { $0[place] }))
      }
    }
  }
}
