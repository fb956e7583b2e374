/// Random numbers that depend on their seed only: the same on every machine and in every release.
///
/// The generator is SplitMix64 (Steele, Lea, Flood 2014, figure 17); the standard library's
/// `random(in:)` and `shuffle` promise no fixed results, so ranges are drawn here too.
struct SeededRandom: Sendable {
  private var state: UInt64

  /// Starts a stream of its own for every list of keys, such as (seed, epoch, index).
  init(_ keys: UInt64...) {
    state = 0
    for key in keys { state = SeededRandom.mixed(state &+ key &+ 0x9E37_79B9_7F4A_7C15) }
  }

  /// The next 64 random bits.
  mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    return SeededRandom.mixed(state)
  }

  /// A whole number below the bound, by multiplication (the bias is below 2^-40 for our bounds).
  mutating func below(_ bound: Int) -> Int {
    Int(UInt64(bound).multipliedFullWidth(by: bits()).high)
  }

  /// A number in 0..<1 with 24 random bits, which a Float holds exactly.
  mutating func fraction() -> Float {
    Float(bits() >> 40) * 0x1p-24
  }

  /// A number in the range.
  mutating func number(in range: ClosedRange<Float>) -> Float {
    range.lowerBound + fraction() * (range.upperBound - range.lowerBound)
  }

  /// True with the given probability.
  mutating func chance(_ probability: Float) -> Bool { fraction() < probability }

  /// The finaliser of SplitMix64: every bit of the input reaches every bit of the output.
  static func mixed(_ value: UInt64) -> UInt64 {
    var bits = value
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
