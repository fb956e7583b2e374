/// Something to measure: its name is known before the device is opened.
struct Benchmark {
  var name: String
  /// For another program that is to run the same convolution.
  var convolution: ConvolutionDescription?
  var measure: (Bench) throws -> Row

  init(
    _ name: String, convolution: ConvolutionDescription? = nil,
    _ measure: @escaping (Bench) throws -> Row
  ) {
    self.name = name
    self.convolution = convolution
    self.measure = measure
  }
}

/// Benchmarks that share a table.
struct Group: Sendable {
  var name: String
  var summary: String
  var benchmarks: @Sendable () throws -> [Benchmark]
}

/// Every group: a new one is a file and a line here.
enum GroupCatalogue {
  static let all: [Group] = [
    .ceilings, .operators, .fused, .training, .data, .inference, .search, .scaling, .start,
  ]

  static func group(named name: String) -> Group? { all.first { $0.name == name } }
}
