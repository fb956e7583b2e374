#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// How alike two architectures are: exp(-d), where d adds up what their dimensions differ by.
///
/// A dimension counts with one weight where its options differ at all, and with another for how far
/// apart they stand in its list: learned weights tell which dimensions matter (automatic relevance
/// determination; the Hamming kernel is that of Oh et al. 2019, "COMBO", and Ru et al. 2021).
struct ArchitectureKernel: Sendable {
  /// Of each dimension: the logarithms of the weights of other, and of far.
  var logWeights: [(other: Double, far: Double)]
  /// The logarithm of the noise's variance, where the signal's is 1.
  var logNoise = log(0.01)

  private let optionCounts: [Int]

  init(for space: SearchSpace) {
    optionCounts = space.dimensions.map(\.options.count)
    let weight = Self.priorLogWeight(space.dimensions.count)
    logWeights = Array(repeating: (weight, weight - 1), count: optionCounts.count)
  }

  /// All dimensions different is as good as unrelated.
  static func priorLogWeight(_ dimensions: Int) -> Double { log(2 / Double(dimensions)) }

  var noise: Double { exp(logNoise) }

  /// How far apart two options of a dimension stand, in 0...1; -1 stands for inactive.
  func distance(_ one: Int, _ other: Int, in dimension: Int) -> Double {
    guard one >= 0, other >= 0 else { return one == other ? 0 : 1 }
    return Double(abs(one - other)) / Double(max(optionCounts[dimension] - 1, 1))
  }

  /// What pairs of options add to d, looked up: `[dimension][one + 1][other + 1]`.
  func table() -> Table {
    var table = Table()
    for (dimension, count) in optionCounts.enumerated() {
      table.offsets.append(table.values.count)
      table.strides.append(count + 1)
      let (other, far) = (exp(logWeights[dimension].other), exp(logWeights[dimension].far))
      for one in -1..<count {
        for two in -1..<count {
          table.values.append(
            one == two ? 0 : other + far * distance(one, two, in: dimension))
        }
      }
    }
    return table
  }

  struct Table: Sendable {
    fileprivate var values: [Double] = []
    fileprivate var offsets: [Int] = []
    fileprivate var strides: [Int] = []

    func similarity(_ one: [Int], _ two: [Int]) -> Double {
      var sum = 0.0
      for dimension in offsets.indices {
        sum +=
          values[
            offsets[dimension] + (one[dimension] + 1) * strides[dimension]
              + two[dimension] + 1]
      }
      return exp(-sum)
    }
  }
}
