import Search
import Testing

struct SeededGeneratorTests {
  /// Fixed for good: a change here changes every study that anyone resumes.
  @Test func numbersNeverChange() {
    var generator = SeededGenerator(seed: 42, stream: 7)
    #expect(
      (0..<3).map { _ in generator.next() }
        == [604_193_557_174_818_115, 17_831_704_879_512_269_148, 4_813_160_529_671_130_236])
  }

  @Test func streamsDiffer() {
    var firsts: Set<UInt64> = []
    for seed in 0..<50 as Range<UInt64> {
      for stream in -1..<50 {
        var generator = SeededGenerator(seed: seed, stream: stream)
        firsts.insert(generator.next())
      }
    }
    #expect(firsts.count == 50 * 51)
    var plain = SeededGenerator(seed: 3)
    var zero = SeededGenerator(seed: 3, stream: 0)
    #expect(plain.next() == zero.next())
  }

  @Test func bitsAreBalanced() {
    var generator = SeededGenerator(seed: 1)
    var ones = [Int](repeating: 0, count: 64)
    for _ in 0..<10_000 {
      let number = generator.next()
      for bit in 0..<64 where number >> UInt64(bit) & 1 == 1 { ones[bit] += 1 }
    }
    // Five standard deviations of 50.
    #expect(ones.allSatisfy { abs($0 - 5000) < 250 })
  }
}
