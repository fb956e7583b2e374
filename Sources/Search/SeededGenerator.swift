/// A small generator that gives the same numbers on every machine: xoshiro256**.
///
/// Source: Blackman and Vigna 2021, "Scrambled linear pseudorandom number generators"; its state
/// is filled by SplitMix64 (Steele, Lea and Flood 2014), as its authors advise.
public struct SeededGenerator: RandomNumberGenerator, Sendable {
  private var a, b, c, d: UInt64

  /// Makes the generator of stream 0 of a seed.
  public init(seed: UInt64) {
    self.init(seed: seed, stream: 0)
  }

  /// Makes one of the independent streams of a seed; a strategy takes its history's length.
  public init(seed: UInt64, stream: Int) {
    var filler = SplitMix(state: seed)
    // Adding a mixed seed keeps (1, 2) and (2, 1) apart: streams of one seed stay distinct.
    filler = SplitMix(state: filler.next() &+ UInt64(bitPattern: Int64(stream)))
    filler = SplitMix(state: filler.next())
    a = filler.next()
    b = filler.next()
    c = filler.next()
    d = filler.next()
  }

  public mutating func next() -> UInt64 {
    let result = (b &* 5).rotatedLeft(by: 7) &* 9
    let shifted = b << 17
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = d.rotatedLeft(by: 45)
    return result
  }
}

/// SplitMix64: every state gives another number, so four in a row are never all zero.
private struct SplitMix {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension UInt64 {
  fileprivate func rotatedLeft(by bits: UInt64) -> UInt64 {
    (self << bits) | (self >> (64 - bits))
  }
}

// Drawn through UInt64 and not `Int.random`, whose draws depend on the machine's word size.
extension RandomNumberGenerator {
  /// Draws an integer in `0..<bound`, each equally likely.
  mutating func integer(below bound: Int) -> Int {
    Int(next(upperBound: UInt64(bound)))
  }

  /// Draws a number in `0..<1`.
  public mutating func unit() -> Double {
    Double(next() >> 11) * 0x1p-53
  }
}
