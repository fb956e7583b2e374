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
