import Search

extension NetworkSpace {
  /// Random architectures that are different networks, in the order drawn; fewer where there are
  /// hardly more than asked for.
  ///
  /// - Parameters:
  ///   - count: how many to draw.
  ///   - seed: of what is drawn.
  ///   - stream: tells apart what is drawn with one seed.
  ///   - known: networks that are not to be among them.
  public func randomArchitectures(
    _ count: Int, seed: UInt64, stream: Int = 0, besides known: [Architecture] = []
  ) -> [Architecture] {
    var generator = SeededGenerator(seed: seed, stream: stream)
    var seen = Set(known.map(canonicalText))
    var (drawn, misses) = ([Architecture](), 0)
    while drawn.count < count, misses < 10_000 {
      let architecture = searchSpace.random(using: &generator)
      let isNew = seen.insert(canonicalText(of: architecture)).inserted
      if isNew { drawn.append(architecture) }
      misses = isNew ? 0 : misses + 1
    }
    return drawn
  }
}
