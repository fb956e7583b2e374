import Compute
import Foundation
import Laws
import Operators
import Ranks
import Supernets
import Testing

/// Training shared by ranks, here threads of this process.
@Suite struct RankedTrainingTests {
  /// Few: rounding grows where an activation has a kink, with Adam wherever a gradient is near nothing.
  private static let steps = 5

  private static func trainer(
    _ ranks: any Communicator, parts: Int? = nil, _ change: (inout TrainingRecipe) -> Void
  ) throws -> Trainer {
    let trainer = try TrainingLaws.trainer(
      TrainingLaws.tinySpace(), on: NativeDevice(threads: 1), parts: parts, ranks: ranks, change)
    try trainer.followFirstRank()
    return trainer
  }

  private struct End: Sendable, Equatable {
    var parameters: [Float]
    var losses: [Double]
  }

  /// What each rank ends with.
  private static func trained(
    _ size: Int, parts: Int? = nil, _ change: @Sendable @escaping (inout TrainingRecipe) -> Void
  ) throws -> [End] {
    try ThreadRanks.run(size) { ranks in
      let trainer = try trainer(ranks, parts: parts, change)
      var losses: [Double] = []
      for _ in 0..<steps { losses = try trainer.runStep(reportingLosses: true)?.each ?? [] }
      return End(
        parameters: try trainer.supernet.device.read(trainer.supernet.parameters), losses: losses)
    }
  }

  private func distance(_ one: [Float], _ other: [Float]) -> Double {
    func length(_ values: some Sequence<Float>) -> Double {
      values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    return length(zip(one, other).lazy.map { $0 - $1 }) / length(one)
  }

  private static let variants =
    TrainingOptionTests.variants + [
      .init("mixed") { $0.strongAugmentation.mixup = 0.4 },
      .init("varied") {
        ($0.strongAugmentation.cutout, $0.strongAugmentation.randAugment) = (4, 1)
      },
    ]

  /// Whatever the number of ranks, with batch norm's statistics shared: but for rounding.
  ///
  /// That of a half is 2^-11 of an activation, where a sum's last bit takes it to the other side.
  @Test(arguments: variants) func anyNumberOfRanksTrainsAlike(
    _ variant: TrainingOptionTests.Variant
  ) throws {
    let change: @Sendable (inout TrainingRecipe) -> Void = {
      variant.change(&$0)
      $0.syncBatchNorm = true
      if $0.optimizer == .adam { $0.optimizer = .rmsprop }
    }
    var recipe = TrainingRecipe()
    change(&recipe)
    let (farthest, ofLoss) = recipe.halfActivations ? (2e-3, 5e-4) : (5e-4, 1e-4)
    let one = try Self.trained(1, change)[0]
    for size in [2, 3] {
      let all = try Self.trained(size, change)
      #expect(all.allSatisfy { $0 == all[0] }, "ranks differ")
      #expect(distance(one.parameters, all[0].parameters) < farthest)
      for (alone, shared) in zip(one.losses, all[0].losses) {
        #expect(abs(alone - shared) < ofLoss * alone)
      }
    }
  }

  /// Without shared statistics two ranks see what one sees in two parts.
  @Test func ranksOfTheirOwnStatisticsArePartsOfABatch() throws {
    let change: @Sendable (inout TrainingRecipe) -> Void = { $0.dropout = 0 }
    let one = try Self.trained(1, parts: 2, change)[0]
    let two = try Self.trained(2, change)
    #expect(two[0] == two[1])
    #expect(distance(one.parameters, two[0].parameters) < 1e-4)
    #expect(try distance(Self.trained(1, change)[0].parameters, two[0].parameters) > 1e-3)
  }

  @Test(arguments: [true, false]) func itRepeatsBitForBit(_ isSynchronized: Bool) throws {
    let change: @Sendable (inout TrainingRecipe) -> Void = { $0.syncBatchNorm = isSynchronized }
    #expect(try Self.trained(4, change) == Self.trained(4, change))
  }

  /// Two ranks begin, three go on from the first one's checkpoint; nobody else has it.
  @Test func itResumesOnAnotherNumberOfRanks() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(
      "supernet-\(UUID().uuidString).safetensors"
    ).path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let change: @Sendable (inout TrainingRecipe) -> Void = {
      ($0.syncBatchNorm, $0.modelEMADecay, $0.optimizer) = (true, 0.8, .rmsprop)
    }
    _ = try ThreadRanks.run(2) { ranks in
      let trainer = try Self.trainer(ranks, change)
      for _ in 0..<2 { _ = try trainer.runStep() }
      guard ranks.isFirst else { return }
      try Checkpoint.write(
        trainer, spaceText: trainer.supernet.space.yaml, dataset: "shapes", to: path)
    }
    let resumed = try ThreadRanks.run(3) { ranks in
      let trainer = try Self.trainer(ranks, change)
      if ranks.isFirst {
        try Checkpoint(readingFrom: path).restore(
          trainer, spaceText: trainer.supernet.space.yaml, dataset: "shapes", path: path)
      }
      try trainer.followFirstRank()
      for _ in 2..<Self.steps { _ = try trainer.runStep() }
      return try [trainer.supernet, trainer.evaluated].map {
        try $0.device.read($0.parameters)
      }
    }
    let straight = try Self.trained(1, change)[0]
    #expect(resumed.allSatisfy { $0 == resumed[0] })
    #expect(distance(straight.parameters, resumed[0][0]) < 1e-4)
  }

  @Test func moreRanksThanImagesAreRefused() throws {
    #expect {
      try TrainingLaws.trainer(
        TrainingLaws.tinySpace(), on: NativeDevice(threads: 1), ranks: ManyRanks())
    } throws: { "\($0)".contains("batch 32 gives 17 ranks less than 2 images each") }
  }

  private struct ManyRanks: Communicator {
    let rank = 0
    let size = 17
    func gather(_ bytes: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {}
    func exchange(_ parts: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {}
    func broadcast(_ bytes: UnsafeMutableRawBufferPointer) {}
  }
}
