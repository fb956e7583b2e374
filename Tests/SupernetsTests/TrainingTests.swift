import Compute
import ComputeOpenCL
import Export
import Foundation
import Laws
import Testing

@Suite struct TrainingTests {
  private func temporaryFile() -> String {
    FileManager.default.temporaryDirectory.appendingPathComponent(
      "supernet-\(UUID().uuidString).safetensors"
    ).path
  }

  @Test(arguments: TinySpaces.all) func gradientsOfWholeNetworksHold(
    _ tiny: TinySpaces.Entry
  ) throws {
    let violations = try TrainingLaws.gradientViolations(
      of: tiny.space(), on: NativeDevice(threads: 2))
    #expect(violations.isEmpty, "\(violations)")
  }

  @Test func trainingLearns() throws {
    let trainer = try TrainingLaws.trainer(TrainingLaws.tinySpace(), on: NativeDevice())
    let first = try #require(try trainer.runStep(reportingLosses: true))
    for _ in 0..<60 { _ = try trainer.runStep() }
    let last = try #require(try trainer.runStep(reportingLosses: true))
    #expect(last.largest < first.largest - 0.1)
  }

  /// A step finds all its memory where the first one left it.
  @Test(arguments: NativeDevice.instructionSets)
  func aStepAllocatesNothingAfterTheFirst(on instructionSet: String) throws {
    let device = try NativeDevice(threads: 2, instructionSet: instructionSet)
    for space in try TinySpaces.all.map({ try $0.space() }) {
      let trainer = try TrainingLaws.trainer(space, on: device)
      let subnets = trainer.subnets(of: 0)
      _ = try trainer.runStep(subnets: subnets)
      let first = device.systemAllocations
      #expect(first > 0)
      for _ in 0..<4 { _ = try trainer.runStep(subnets: subnets) }
      #expect(device.systemAllocations == first, "\(space.name)")
    }
  }

  /// Same seed, same numbers, bit for bit: whatever the threads, and after a stop.
  @Test(arguments: TrainingRecipe.OptimizerName.allCases)
  func trainingRepeatsAndResumes(_ optimizer: TrainingRecipe.OptimizerName) throws {
    let space = try TrainingLaws.tinySpace()
    let straight = try TrainingLaws.trained(
      space, steps: 12, optimizer: optimizer, on: NativeDevice(threads: 1))
    let threaded = try TrainingLaws.trained(
      space, steps: 12, optimizer: optimizer, on: NativeDevice(threads: 3))
    #expect(straight.map(\.bitPattern) == threaded.map(\.bitPattern))

    let path = temporaryFile()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let before = try TrainingLaws.trainer(
      space, optimizer: optimizer, on: try NativeDevice(threads: 2))
    for _ in 0..<5 { _ = try before.runStep() }
    try Checkpoint.write(before, spaceText: space.yaml, dataset: "shapes", to: path)
    let after = try TrainingLaws.trainer(
      space, optimizer: optimizer, on: try NativeDevice(threads: 2))
    try Checkpoint(readingFrom: path).restore(
      after, spaceText: space.yaml, dataset: "shapes", path: path)
    for _ in 0..<7 { _ = try after.runStep() }
    let resumed = try after.supernet.device.read(after.supernet.parameters)
    #expect(straight.map(\.bitPattern) == resumed.map(\.bitPattern))
  }

  /// What training asks before it begins: sound drivers are far from the limit, in every kind of
  /// space.
  @Test(arguments: TinySpaces.all.map { ($0, false) } + [(TinySpaces.elastic, true)])
  func openCLAgreesWithTheProcessor(_ entry: TinySpaces.Entry, halves: Bool) throws {
    let found = OpenCLPlatforms.discover().devices
    if found.isEmpty { print("skipped: no OpenCL device to agree with") }
    for info in found + found.filter({ $0.kernelShape == .tile }).map({ $0.withGroupKernels() }) {
      let trainer = try TrainingLaws.trainer(try entry.space(), on: try OpenCLDevice(info)) {
        $0.halfActivations = halves
      }
      let (layer, difference) = try trainer.largestDisagreement(with: NativeDevice())
      #expect(difference < 0.002, "\(layer) on \(info.description.name)")
      try trainer.requireAgreement()
    }
  }

  /// A number so near an activation's bend that another order of sums takes its other side is no
  /// disagreement: of these seeds half have one among their first images.
  @Test(arguments: UInt64(0)..<6) func bendsAreNoDisagreement(seed: UInt64) throws {
    guard let darts = TinySpaces.all.first(where: { $0.name == "tiny-darts" }) else {
      throw ConfigurationError("no tiny-darts")
    }
    for set in NativeDevice.instructionSets {
      let trainer = try TrainingLaws.trainer(
        try darts.space(), on: NativeDevice(instructionSet: set)
      ) { $0.seed = seed }
      let (layer, difference) = try trainer.largestDisagreement(with: NativeDevice())
      #expect(difference < 0.002, "\(layer) on \(set)")
    }
  }

  /// Twenty steps on every OpenCL device, with either shape of kernels, agree with the native CPU,
  /// and repeat themselves.
  @Test func openCLTrainsAsTheNativeDeviceDoes() throws {
    let found = OpenCLPlatforms.discover().devices
    if found.isEmpty { print("skipped: no OpenCL device to train on") }
    let space = try TrainingLaws.tinySpace()
    let native = try TrainingLaws.trained(space, steps: 20, on: NativeDevice())
    for info in found + found.filter({ $0.kernelShape == .tile }).map({ $0.withGroupKernels() }) {
      func train() throws -> [Float] {
        try TrainingLaws.trained(space, steps: 20, on: OpenCLDevice(info))
      }
      let name = "\(info.description.name), \(info.kernelShape) kernels"
      let (first, second) = (try train(), try train())
      #expect(first.map(\.bitPattern) == second.map(\.bitPattern), "\(name)")
      let scale = native.map(abs).max() ?? 1
      let difference = zip(first, native).map { abs($0 - $1) }.max() ?? 0
      #expect(difference <= 1e-3 * scale, "\(name): differs by \(difference)")
    }
  }

  @Test func checkpointsOfAnotherSpaceAreRefused() throws {
    let path = temporaryFile()
    defer { try? FileManager.default.removeItem(atPath: path) }
    let space = try TrainingLaws.tinySpace()
    let trainer = try TrainingLaws.trainer(space, on: try NativeDevice(threads: 1))
    try Checkpoint.write(trainer, spaceText: space.yaml, dataset: "shapes", to: path)
    let checkpoint = try Checkpoint(readingFrom: path)
    for (text, dataset, part) in [
      ("other", "shapes", "another space"), (space.yaml, "digits", "was trained on shapes"),
    ] {
      let error = #expect(throws: ConfigurationError.self) {
        try checkpoint.restore(trainer, spaceText: text, dataset: dataset, path: path)
      }
      #expect(error?.description.contains(part) == true)
    }
  }

  @Test func theRateWarmsUpDecaysAndEndsConstant() {
    let recipe = TrainingRecipe(learningRate: 1, warmupSteps: 10, finalRateFraction: 0.05)
    let rates = (0..<1000).map { recipe.rate(step: $0, of: 1000) }
    #expect(rates[0] < 0.11)
    #expect(zip(rates[10...], rates[11...]).allSatisfy { $0 >= $1 })
    #expect(abs(rates[450] - 0.2236) < 0.001)
    #expect(rates[900...].allSatisfy { $0 == 0.05 })
  }
}
