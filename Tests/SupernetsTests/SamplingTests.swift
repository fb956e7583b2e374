import Compute
import Datasets
import Laws
import Search
import Supernets
import Testing

@Suite struct SamplingTests {
  private func trainer(_ entry: TinySpaces.Entry, _ sampling: SamplingRule?) throws -> Trainer {
    let training = BarImages.make(256)
    return try Trainer(
      try Supernet(entry.space(), on: NativeDevice(threads: 1), seed: 1),
      recipe: TrainingRecipe(
        epochs: 8, batchSize: 32, sampling: sampling, learningRate: 0.05, warmupSteps: 4,
        dropout: 0),
      images: training, statistics: try PixelStatistics(of: training))
  }

  @Test func theSpaceDecidesUnlessTold() throws {
    #expect(try trainer(TinySpaces.elastic, nil).subnets(of: 3).count == 4)
    #expect(try trainer(TinySpaces.nasbench201, nil).subnets(of: 3).count == 1)
    #expect(try trainer(TinySpaces.elastic, .singlePath).subnets(of: 3).count == 1)
    let error = #expect(throws: ConfigurationError.self) {
      try trainer(TinySpaces.nasbench201, .sandwich)
    }
    #expect(error?.description.contains("set sampling to single-path") == true)
  }

  /// 3,000 single paths take each operation of each edge about 600 times.
  @Test func singlePathsAreUniform() throws {
    let trainer = try trainer(TinySpaces.nasbench201, .singlePath)
    var counts = [[Int]](repeating: [Int](repeating: 0, count: 5), count: 6)
    for step in 0..<3_000 {
      for (edge, choice) in trainer.subnets(of: step)[0].choices.enumerated() {
        counts[edge][choice] += 1
      }
    }
    // Five standard deviations.
    #expect(counts.joined().allSatisfy { abs($0 - 600) < 110 })
  }

  @Test func fairStepsTakeEachOptionOnce() throws {
    let trainer = try trainer(TinySpaces.nasbench201, .fair)
    for step in 0..<20 {
      let subnets = trainer.subnets(of: step)
      for edge in 0..<6 { #expect(Set(subnets.map { $0.choices[edge] }) == Set(0..<5)) }
    }
    // Where lists differ in length, the longest is dealt once and shorter ones again.
    let elastic = try self.trainer(TinySpaces.elastic, .fair)
    #expect(elastic.subnets(of: 0).count == 3)
  }

  @Test(arguments: [SamplingRule.singlePath, .fair])
  func pathsLearn(_ rule: SamplingRule) throws {
    let trainer = try trainer(TinySpaces.nasbench201, rule)
    let cell = Array(repeating: 4, count: 6)
    let first = try #require(
      try trainer.runStep(reportingLosses: true, subnets: [Architecture(cell)]))
    while !trainer.isFinished { _ = try trainer.runStep() }
    let last = try #require(
      try trainer.runStep(reportingLosses: true, subnets: [Architecture(cell)]))
    #expect(last.largest < first.largest - 0.1)
  }
}
