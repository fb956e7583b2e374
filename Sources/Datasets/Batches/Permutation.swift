/// A shuffled order of 0..<count whose elements are computed one by one, in constant time.
///
/// No order is stored or replayed: batch 5,000 of epoch 90 costs what the first batch costs. It is a
/// Feistel network over a grid just large enough (Black and Rogaway 2002, "Ciphers with Arbitrary
/// Finite Domains"): each round shifts one coordinate by a random function of the other, which
/// can be undone, so the whole is one-to-one; results outside the range are walked on from.
struct Permutation: Sendable {
  /// The number of elements.
  let count: Int
  private let rows: UInt64
  private let columns: UInt64
  private let keys: [UInt64]

  /// The order that belongs to a seed and an epoch.
  init(count: Int, seed: UInt64, epoch: Int) {
    self.count = count
    let side = UInt64(Double(count).squareRoot().rounded(.up))
    rows = max(1, side)
    columns = max(1, (UInt64(count) + rows - 1) / rows)
    var random = SeededRandom(0x7065_726D, seed, UInt64(bitPattern: Int64(epoch)))
    keys = (0..<8).map { _ in random.bits() }
  }

  /// The element at a position.
  subscript(position: Int) -> Int {
    precondition((0..<count).contains(position), "position \(position) of \(count)")
    var value = UInt64(position)
    repeat { value = walked(value) } while value >= UInt64(count)
    return Int(value)
  }

  private func walked(_ value: UInt64) -> UInt64 {
    var (row, column) = value.quotientAndRemainder(dividingBy: columns)
    for round in stride(from: 0, to: keys.count, by: 2) {
      row = (row + SeededRandom.mixed(column ^ keys[round]) % rows) % rows
      column = (column + SeededRandom.mixed(row ^ keys[round + 1]) % columns) % columns
    }
    return row * columns + column
  }
}
