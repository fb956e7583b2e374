import Compute
import Foundation
import Laws
import Operators
import Supernets
import Testing

/// What a recipe may ask for besides BigNAS's.
@Suite struct TrainingOptionTests {
  struct Variant: Sendable, CustomStringConvertible {
    let description: String
    let change: @Sendable (inout TrainingRecipe) -> Void

    init(_ description: String, _ change: @escaping @Sendable (inout TrainingRecipe) -> Void) {
      (self.description, self.change) = (description, change)
    }
  }

  static let variants = [
    Variant("clipped") { $0.clipGrad = 0.5 },
    Variant("averaged") { $0.modelEMADecay = 0.8 },
    Variant("accumulated") { ($0.batchSize, $0.gradAccumSteps) = (16, 2) },
    Variant("cosine") { $0.schedule = .cosine },
    Variant("halves") { $0.halfActivations = true },
    Variant("step") { ($0.schedule, $0.decayEpochs) = (.step, 1) },
    Variant("all") {
      ($0.clipGrad, $0.modelEMADecay, $0.schedule) = (0.5, 0.8, .cosine)
      ($0.batchSize, $0.gradAccumSteps, $0.optimizer) = (16, 2, .adam)
    },
  ]

  private func trainer(
    threads: Int = 2, parts: Int? = nil, _ change: (inout TrainingRecipe) -> Void
  ) throws -> Trainer {
    try TrainingLaws.trainer(
      TrainingLaws.tinySpace(), on: NativeDevice(threads: threads), parts: parts, change)
  }

  /// The bits of the parameters, and of what is handed over.
  private func bits(_ trainer: Trainer) throws -> [[UInt32]] {
    try [trainer.supernet, trainer.evaluated].map {
      try $0.device.read($0.parameters).map(\.bitPattern)
    }
  }

  private func temporaryFile() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent(
      "supernet-\(UUID().uuidString).safetensors"
    ).path
  }

  /// Rounded activations learn what exact ones do, in less memory.
  @Test(arguments: NativeDevice.instructionSets)
  func halvesTrainAlike(on instructionSet: String) throws {
    func device() throws -> NativeDevice {
      try NativeDevice(threads: 1, instructionSet: instructionSet)
    }
    let (floats, halves) = (try device(), try device())
    let space = try TrainingLaws.tinySpace()
    let trainers = [
      try TrainingLaws.trainer(space, on: floats) { _ in },
      try TrainingLaws.trainer(space, on: halves) { $0.halfActivations = true },
    ]
    for _ in 0..<10 {
      let losses = try trainers.map { try #require(try $0.runStep(reportingLosses: true)).each }
      for (float, half) in zip(losses[0], losses[1]) {
        #expect(abs(half / float - 1) < 0.02, "\(float) in floats, \(half) in halves")
      }
    }
    #expect(try bits(trainers[0]) != bits(trainers[1]))
    #expect(halves.heldBytes < floats.heldBytes)
  }

  /// Same seed, same numbers, bit for bit: whatever the threads, and after a stop.
  @Test(arguments: variants) func eachRepeatsAndResumes(_ variant: Variant) throws {
    let straight = try trainer(threads: 1, variant.change)
    let threaded = try trainer(threads: 3, variant.change)
    let before = try trainer(variant.change)
    for _ in 0..<9 { for trainer in [straight, threaded] { _ = try trainer.runStep() } }
    #expect(try bits(straight) == bits(threaded))
    #expect(try bits(straight) != bits(before))

    let path = temporaryFile()
    defer { try? FileManager.default.removeItem(atPath: path) }
    for _ in 0..<4 { _ = try before.runStep() }
    let space = before.supernet.space.yaml
    try Checkpoint.write(before, spaceText: space, dataset: "shapes", to: path)
    let checkpoint = try Checkpoint(readingFrom: path)
    #expect(checkpoint.recipe == before.recipe)
    let after = try trainer(variant.change)
    try checkpoint.restore(after, spaceText: space, dataset: "shapes", path: path)
    for _ in 0..<5 { _ = try after.runStep() }
    #expect(try bits(straight) == bits(after))

    // What others get from the file is what is to be handed over.
    let other = try Supernet(before.supernet.space, on: NativeDevice(threads: 1), seed: 9)
    try checkpoint.restore(other, path: path)
    #expect(try other.device.read(other.parameters).map(\.bitPattern) == bits(before)[1])
    try before.finish()
    #expect(try bits(before)[0] == bits(before)[1])
  }

  /// Each of the variants does something: no two of them end alike, nor as the default does.
  @Test func noneIsIdle() throws {
    let ends = try ([Variant("default") { _ in }] + Self.variants).map { variant in
      let trainer = try trainer(variant.change)
      for _ in 0..<20 { _ = try trainer.runStep() }
      return try bits(trainer)[1]
    }
    #expect(Set(ends).count == ends.count)
  }

  @Test func accumulatedBatchesAreOneBatchInParts() throws {
    let accumulated = try trainer { ($0.batchSize, $0.gradAccumSteps) = (8, 4) }
    let inParts = try trainer(parts: 4) { $0.batchSize = 32 }
    #expect(accumulated.parts == 4 && accumulated.totalSteps == inParts.totalSteps)
    for _ in 0..<5 {
      let losses = try [accumulated, inParts].map { try $0.runStep(reportingLosses: true)?.each }
      #expect(losses[0] == losses[1] && losses[0] != nil)
    }
    #expect(try bits(accumulated) == bits(inParts))
  }

  @Test func theAverageIsThatOfItsDefinition() throws {
    let trainer = try trainer { $0.modelEMADecay = 0.9 }
    func parameters(_ supernet: Supernet) throws -> [Double] {
      try supernet.device.read(supernet.parameters).map(Double.init)
    }
    var expected = try parameters(trainer.supernet)
    for _ in 0..<12 {
      _ = try trainer.runStep()
      MovingAverage(decay: 0.9).reference(&expected, with: try parameters(trainer.supernet))
    }
    let found = try parameters(try #require(trainer.averaged))
    #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  /// A plain step moves the parameters by the rate times the gradients, no longer than the limit.
  @Test(arguments: [0.25, 1e4] as [Float]) func aStepIsNoLongerThanItsLimit(_ limit: Float) throws {
    let trainer = try trainer {
      ($0.momentum, $0.nesterov, $0.weightDecay, $0.clipGrad) = (0, false, 0, limit)
    }
    for _ in 0..<3 {
      let device = trainer.supernet.device
      let before = try device.read(trainer.supernet.parameters)
      let rate = trainer.recipe.rate(step: trainer.step, of: trainer.totalSteps)
      let losses = try #require(try trainer.runStep(reportingLosses: true))
      let moved = zip(before, try device.read(trainer.supernet.parameters))
        .reduce(0) { $0 + Double($1.1 - $1.0) * Double($1.1 - $1.0) }.squareRoot()
      let length = try #require(losses.gradientLength)
      #expect(length > 0.25)
      let expected = Double(rate) * min(Double(limit), length)
      #expect(abs(moved - expected) < 1e-3 * expected, "\(length)")
    }
  }

  @Test func theCosineIsPyTorchs() {
    let recipe = TrainingRecipe(
      learningRate: 1, warmupSteps: 0, schedule: .cosine, finalRateFraction: 0.05)
    for step in 0...1000 {
      let expected = 0.05 + 0.95 * (1 + cos(Double.pi * Double(step) / 1000)) / 2
      #expect(abs(Double(recipe.rate(step: step, of: 1000)) - expected) < 2e-7, "\(step)")
    }
    let warming = TrainingRecipe(learningRate: 1, warmupSteps: 10, schedule: .cosine)
    #expect(abs(warming.rate(step: 4, of: 1000) - 0.5) < 1e-4)
  }

  @Test func theStepsArePyTorchs() {
    var recipe = TrainingRecipe(
      epochs: 10, learningRate: 1, warmupSteps: 0, schedule: .step, decayEpochs: 3, decayRate: 0.5)
    let rates = (0..<10).map { recipe.rate(step: $0 * 7, of: 70) }
    #expect(rates == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.125])
    #expect(recipe.rate(step: 20, of: 70) == 1 && recipe.rate(step: 21, of: 70) == 0.5)
    recipe.decayEpochs = 11
    #expect(recipe.rate(step: 69, of: 70) == 1)
  }

  @Test(
    arguments: [
      ([], 1, false), ([0.5], 1, false), ([0.5, 0.5], 1, true), ([0.5, 0.4], 2, false),
      ([0.5, 0.4, 0.45], 2, true), ([0.5, 0.4, 0.6], 2, false), ([0.5, 0.4, 0.6, 0.6], 2, false),
      ([0.5, 0.4, 0.6, 0.6, 0.1], 2, true),
    ] as [([Double], Int, Bool)])
  func patienceEnds(_ scores: [Double], _ patience: Int, _ ends: Bool) {
    #expect(EarlyStopping(patience: patience).ends(after: scores) == ends)
  }
}
