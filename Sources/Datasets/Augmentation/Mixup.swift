/// Draws from the beta distribution of two equal parameters, alpha.
///
/// Johnk's way (1964): u^(1/alpha) over the sum of it and another such, where the sum is at most 1. It is
/// quick for the small alphas of mixup, and needs powers alone, which are made of products and square
/// roots: every machine draws the same bits.
struct BetaDraw {
  let exponent: Double

  init(alpha: Float) { exponent = 1 / Double(alpha) }

  func next(_ random: inout SeededRandom) -> Float {
    while true {
      let (one, other) = (power(random.fraction()), power(random.fraction()))
      let sum = one + other
      if sum > 0, sum <= 1 { return Float(one / sum) }
    }
  }

  private func power(_ base: Float) -> Double {
    var (result, root, rest) = (1.0, Double(base), exponent)
    while rest >= 1 {
      result *= root
      rest -= 1
    }
    for _ in 0..<24 {
      root = root.squareRoot()
      rest *= 2
      if rest >= 1 {
        result *= root
        rest -= 1
      }
    }
    return result
  }
}

/// Which image each is mixed with: the one that follows it in the batch, the last with the first.
struct MixtureOrder {
  /// Where the other image is among those at the places and the added ones, always behind.
  let others: [Int]
  /// Places whose images are needed besides.
  let added: [Int]

  /// - Parameters:
  ///   - places: of the images to mix, in ascending order.
  ///   - count: images of the whole batch.
  init(_ places: [Int], of count: Int) {
    var (others, added): ([Int], [Int]) = ([], [])
    for (index, place) in places.enumerated() {
      let next = (place + 1) % count
      if index + 1 < places.count, places[index + 1] == next {
        others.append(index + 1)
      } else {
        others.append(places.count + added.count)
        added.append(next)
      }
    }
    (self.others, self.added) = (others, added)
  }
}
