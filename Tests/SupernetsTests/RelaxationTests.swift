import Compute
import Datasets
import Laws
import Search
import Supernets
import Testing

@Suite struct RelaxationTests {
  private func cellSpace(_ entry: TinySpaces.Entry) throws -> CellSpace {
    try #require(try entry.space() as? CellSpace)
  }

  private func search(
    _ space: CellSpace, _ name: String, _ change: (inout RelaxationRecipe) -> Void = { _ in }
  ) throws -> RelaxedSearch {
    var recipe = RelaxationRecipe()
    recipe.epochs = 3
    recipe.warmupEpochs = 1
    recipe.batchSize = 16
    change(&recipe)
    let training = BarImages.make(128)
    return try RelaxedSearch(
      space, RelaxationCatalogue.entry(named: name).method, on: NativeDevice(threads: 1),
      recipe: recipe, images: training, statistics: try PixelStatistics(of: training))
  }

  /// In every kind of cell space, every method moves the strengths, alike from a seed, and ends on
  /// a member of the space without `none`.
  @Test(
    arguments: [TinySpaces.nasbench201, TinySpaces.darts, TinySpaces.cells],
    RelaxationCatalogue.entries.map(\.name))
  func searchesMoveAndRepeat(_ entry: TinySpaces.Entry, _ name: String) throws {
    let space = try cellSpace(entry)
    func strengths() throws -> [[Double]] {
      let search = try search(space, name) { $0.skipLimit = nil }
      try search.runEpoch()
      #expect(search.parameters == ArchitectureParameters(of: space))
      while !search.isFinished { #expect(try search.runEpoch().isFinite) }
      #expect(space.searchSpace.contains(search.architecture))
      #expect(!space.text(of: search.architecture).contains("none"))
      return search.parameters.values
    }
    let first = try strengths()
    #expect(first.joined().allSatisfy { $0.isFinite })
    #expect(first.joined().contains { abs($0) > 1e-3 })
    #expect(try strengths() == first)
  }

  @Test func theSoftmaxGradientIsItsSlope() throws {
    var generator = SeededGenerator(seed: 2)
    let space = try cellSpace(TinySpaces.nasbench201)
    var parameters = ArchitectureParameters(of: space)
    parameters.values = parameters.values.map { $0.map { _ in generator.unit() * 2 - 1 } }
    let method = SoftmaxRelaxation()
    let slopes = parameters.values.map { $0.map { _ in generator.unit() - 0.5 } }
    func loss(_ parameters: ArchitectureParameters) -> Double {
      var generator = SeededGenerator(seed: 0)
      let mixtures = method.mixtures(of: parameters, progress: 0, using: &generator)
      return zip(mixtures.edges, slopes).reduce(0) { sum, pair in
        sum + zip(pair.0.weights, pair.1).reduce(0) { $0 + $1.0 * $1.1 }
      }
    }
    let mixtures = method.mixtures(of: parameters, progress: 0, using: &generator)
    let gradient = method.gradient(of: mixtures, weights: slopes, progress: 0)
    for (edge, operation) in [(0, 0), (2, 3), (5, 4)] {
      var (up, down) = (parameters, parameters)
      up.values[edge][operation] += 1e-5
      down.values[edge][operation] -= 1e-5
      let slope = (loss(up) - loss(down)) / 2e-5
      #expect(abs(slope - gradient[edge][operation]) < 1e-8)
    }
  }

  @Test func gumbelSamplesByStrength() throws {
    let space = try cellSpace(TinySpaces.nasbench201)
    var parameters = ArchitectureParameters(of: space)
    for edge in parameters.values.indices { parameters.values[edge][3] = 2 }
    var (generator, counts) = (SeededGenerator(seed: 9), [0, 0, 0, 0, 0])
    for _ in 0..<500 {
      let mixtures = GumbelRelaxation().mixtures(
        of: parameters, progress: 1, using: &generator)
      for edge in mixtures.edges {
        #expect(edge.operations.count == 1 && edge.weights == [1])
        counts[edge.operations[0]] += 1
      }
    }
    // e^2 to 1: the softmax says 0.649 for it, 0.088 for each other.
    let parts = counts.map { Double($0) / 3_000 }
    #expect(abs(parts[3] - 0.649) < 0.03)
    #expect([0, 1, 2, 4].allSatisfy { abs(parts[$0] - 0.088) < 0.02 })
  }

  /// A node of DARTS takes its two strongest edges, and none of them is `none`.
  @Test func theStrongestAreTaken() throws {
    let space = try cellSpace(TinySpaces.darts)
    var parameters = ArchitectureParameters(of: space)
    let (none, skip) = (
      try #require(space.operations.firstIndex(of: "none")),
      try #require(space.operations.firstIndex(of: "skip_connect"))
    )
    for (index, place) in parameters.places.enumerated() {
      parameters.values[index][none] = 9
      // Later states are wanted more.
      parameters.values[index][skip] = 1 + Double(place.from)
    }
    let text = space.text(of: space.architecture(of: parameters))
    #expect(text.hasPrefix("Genotype(normal=[('skip_connect', 0), ('skip_connect', 1), "))
    #expect(text.contains("('skip_connect', 3), ('skip_connect', 4)], normal_concat"))
  }

  @Test func tooManySkipsEndASearch() throws {
    let space = try cellSpace(TinySpaces.nasbench201)
    let search = try search(space, "darts") {
      ($0.skipLimit, $0.warmupEpochs) = (0, 0)
    }
    try search.runEpoch()
    let before = search.settled
    #expect(!search.isFinished)
    try search.runEpoch()
    #expect(search.hasStoppedEarly && search.isFinished && search.settled == before)
  }

  /// What counts are the strengths' means over the second half of the steps in which they learn.
  @Test func strengthsSettle() throws {
    let search = try search(try cellSpace(TinySpaces.nasbench201), "gdas") {
      ($0.epochs, $0.warmupEpochs, $0.batchSize, $0.skipLimit) = (6, 2, 64, nil)
    }
    var steps: [ArchitectureParameters] = []
    while !search.isFinished {
      try search.runEpoch()
      steps.append(search.parameters)
      if search.epoch <= 4 { #expect(search.settled == search.parameters) }
    }
    for (edge, row) in search.settled.values.enumerated() {
      for (k, value) in row.enumerated() {
        let mean = (steps[4].values[edge][k] + steps[5].values[edge][k]) / 2
        #expect(abs(value - mean) < 1e-12)
      }
    }
    #expect(steps[4] != steps[5])
  }

  /// Alone, beta-decay draws strengths together and the entropy's penalty pulls them apart.
  @Test func penaltiesPointTheirWay() throws {
    var parameters = ArchitectureParameters(of: try cellSpace(TinySpaces.nasbench201))
    for edge in parameters.values.indices { parameters.values[edge] = [0, 0.1, 0.2, 0.3, 1] }
    let start = parameters.entropy
    for (gradient, isMoreCertain) in [
      (parameters.betaDecayGradient, false), (parameters.entropyGradient, true),
    ] {
      var moved = parameters
      moved.values = zip(parameters.values, gradient).map { row, slopes in
        zip(row, slopes).map { $0 - 0.5 * $1 }
      }
      #expect((moved.entropy < start) == isMoreCertain)
    }
  }
}
