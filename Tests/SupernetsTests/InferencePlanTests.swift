import Compute
import ComputeOpenCL
import Export
import Laws
import Operators
import Search
import Supernets
import Testing

@Suite struct InferencePlanTests {
  /// Bit for bit, for images written after the plan was made, while other plans and passes use
  /// the device.
  @Test(arguments: [1, 3]) func plansAnswerAsThePassTheyRepeat(threads: Int) throws {
    try expectPlansToAnswer(on: NativeDevice(threads: threads))
  }

  /// With the kernels of CPUs and with those of GPUs.
  @Test func plansAnswerOnEveryOpenCLDevice() throws {
    let found = OpenCLPlatforms.discover().devices
    if found.isEmpty { print("skipped: no OpenCL device to make a plan on") }
    for info in found + found.filter({ $0.kernelShape == .tile }).map({ $0.withGroupKernels() }) {
      try expectPlansToAnswer(on: OpenCLDevice(info))
    }
  }

  /// Whatever its subnets are made of.
  @Test(arguments: SpaceCatalogue.presets.map(\.name))
  func subnetsOfEverySpaceCanBePlanned(name: String) throws {
    try expectSubnetsToBePlanned(of: name, on: NativeDevice(threads: 2))
  }

  /// Some of whose reductions keep all pixels, by a kernel that is no parameter.
  @Test func subnetsOfDartsCanBePlannedOnOpenCL() throws {
    let found = OpenCLPlatforms.discover().devices
    if found.isEmpty { print("skipped: no OpenCL device to make a plan on") }
    for info in found { try expectSubnetsToBePlanned(of: "darts-28", on: OpenCLDevice(info)) }
  }

  private func expectSubnetsToBePlanned(of name: String, on device: any Device) throws {
    let space = try SpaceCatalogue.space(name)
    let supernet = try Supernet(space, on: device, seed: 7)
    // What begins with nought would hide what comes before it.
    try device.write(
      device.read(supernet.parameters).enumerated().map { $1 + 0.02 * Float($0 % 5 - 2) },
      to: supernet.parameters)
    var generator = SeededGenerator(seed: 7)
    let random = (0..<4).map { _ in space.searchSpace.random(using: &generator) }
    for architecture in [space.largest, space.smallest] + random {
      let side = space.resolution(of: architecture)
      let images = try device.empty([1, side, side, space.channels])
      try device.fill(images, with: 0.5)
      let statistics = BatchNormStatistics(on: device)
      let plan = try supernet.inferencePlan(architecture, images, statistics)
      let pass = try supernet.logits(
        architecture, images, mode: .inference(statistics), tape: Tape(recording: false))
      let (planned, expected) = try (device.read(plan.run()), device.read(pass.value))
      #expect(planned == expected, "\(space.text(of: architecture))")
      #expect(Set(planned).count > 1 && planned.allSatisfy(\.isFinite), "\(planned)")
    }
  }

  private func expectPlansToAnswer(on device: any Device) throws {
    let space = try TrainingLaws.tinySpace()
    let supernet = try Supernet(space, on: device, seed: 7)
    try device.write(
      device.read(supernet.parameters).map { $0 + 0.05 }, to: supernet.parameters)
    let plans = try [space.largest, space.smallest].map { architecture in
      let side = space.resolution(of: architecture)
      let images = try device.empty([2, side, side, space.channels])
      try device.fill(images, with: 0)
      let statistics = BatchNormStatistics(on: device)
      let plan = try supernet.inferencePlan(architecture, images, statistics)
      return (architecture, images, statistics, plan)
    }
    var seen: Set<[Float]> = []
    for round in 1...3 {
      for (architecture, images, statistics, plan) in plans {
        try device.fill(images, with: 0.1 * Float(round))
        let pass = try supernet.logits(
          architecture, images, mode: .inference(statistics), tape: Tape(recording: false))
        let (planned, expected) = try (device.read(plan.run()), device.read(pass.value))
        #expect(planned.map(\.bitPattern) == expected.map(\.bitPattern))
        seen.insert(planned)
      }
    }
    #expect(seen.count == 6, "the images make no difference")
  }

  /// However many images a batch has, and whatever was answered before.
  @Test(arguments: [1, 3]) func batchesAreAnsweredAsByPasses(threads: Int) throws {
    try expectBatchesToBeAnswered(on: NativeDevice(threads: threads))
  }

  @Test func batchesAreAnsweredOnEveryOpenCLDevice() throws {
    let found = OpenCLPlatforms.discover().devices
    if found.isEmpty { print("skipped: no OpenCL device to answer on") }
    for info in found { try expectBatchesToBeAnswered(on: OpenCLDevice(info)) }
  }

  private func expectBatchesToBeAnswered(on device: any Device) throws {
    let space = try TrainingLaws.tinySpace()
    let supernet = try Supernet(space, on: device, seed: 7)
    let (side, classes) = (space.resolution(of: space.largest), space.classes)
    let whole = 32 * device.description.computeUnits
    let data = try [whole, 3 * whole + 5, 1, 5, whole].enumerated().map { number, count in
      LabelledImages(
        images: try device.tensor(
          (0..<count * side * side * space.channels).map {
            Float(($0 * 37 + number * 101) % 257) / 128 - 1
          }, [count, side, side, space.channels]),
        labels: try device.tensor((0..<count).map { Float($0 % classes) }, [count]))
    }
    let statistics = BatchNormStatistics(on: device)
    let inference = SubnetInference(supernet, space.largest, statistics)
    let logits = try inference.logits(data)
    var expected: [Float] = []
    var answers: [Bool] = []
    for batch in data {
      let pass = try supernet.logits(
        space.largest, batch.images, mode: .inference(statistics), tape: Tape(recording: false))
      expected += try device.read(pass.value)
      answers += try device.read(CrossEntropy.top1(pass.value, labels: batch.labels)).map {
        $0 == 1
      }
    }
    #expect(logits.count == expected.count)
    #expect(zip(logits, expected).allSatisfy { abs($0 - $1) <= 1e-5 * max(1, abs($1)) })
    #expect(Set(logits).count > logits.count / 2, "the images make no difference")
    #expect(try inference.correct(data) == answers)
  }

  @Test func aRunTakesNoMemoryAndALetGoPlanReturnsIts() throws {
    let device = try NativeDevice(threads: 2)
    let space = try TrainingLaws.tinySpace()
    let supernet = try Supernet(space, on: device, seed: 7)
    let images = try device.empty([1, 20, 20, space.channels])
    func make() throws -> any Plan {
      try supernet.inferencePlan(space.largest, images, BatchNormStatistics(on: device))
    }
    for _ in 0..<2 { _ = try make() }
    let allocations = device.systemAllocations
    let plan = try make()
    for _ in 0..<3 { _ = try plan.run() }
    #expect(device.systemAllocations == allocations)
  }
}
