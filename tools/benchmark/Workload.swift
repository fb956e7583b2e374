import Datasets
import Estimation
import Operators
import Search

/// Work on a whole network, set up on a device: one iteration at a time.
struct Workload {
  /// Images of one iteration.
  var images: Int
  /// Multiply-adds of one iteration's forward passes.
  var multiplyAdds: Int
  /// The subnets of one iteration.
  var architectures: [Architecture]
  var space: any NetworkSpace
  /// The parameters that its subnets share.
  var layout: ParameterLayout
  var iterate: () throws -> Void

  /// Arithmetic of an iteration: both ways back cost as much as the way there, if it trains.
  var flops: Double { 2 * Double(multiplyAdds) * (trains ? 3 : 1) }
  private var trains: Bool

  /// A training step over fixed subnets, as `supernet train` does it: the first learns from labels,
  /// the others from the first; SGD with momentum 0.9 and weight decay 1e-5, no dropout.
  init(
    training space: any NetworkSpace, subnets count: Int, batch: Int, halves: Bool = false,
    on device: any Device
  ) throws {
    try self.init(
      training: try Supernet(space, on: device, seed: 1), batch: batch, halves: halves
    ) { Array($0.subnets(of: 0).prefix(count)) }
  }

  /// The same of one architecture by itself, as the literature writes it.
  init(
    training space: any NetworkSpace, architecture text: String, batch: Int, on device: any Device
  ) throws {
    let architecture = try space.architecture(text: text)
    try self.init(
      training: try Supernet(space, on: device, seed: 1, alone: architecture), batch: batch,
      halves: false
    ) { _ in [architecture] }
  }

  private init(
    training supernet: Supernet, batch: Int, halves: Bool, subnets: (Trainer) -> [Architecture]
  ) throws {
    let space = supernet.space
    let side = space.resolution(of: space.largest)
    // Noise is not learnt: the rate must only not let the weights grow.
    let recipe = TrainingRecipe(
      epochs: 1, batchSize: batch, halfActivations: halves, nesterov: false,
      learningRate: 1e-3, warmupSteps: 1, dropout: 0, cropPadding: 0, horizontalFlip: false)
    let data = RandomImages.dataset(
      count: 2 * batch, side: side, channels: space.channels, classes: space.classes)
    let trainer = try Trainer(
      supernet, recipe: recipe, images: data,
      statistics: try PixelStatistics(of: data))
    let subnets = subnets(trainer)
    (self.space, layout, trains) = (space, supernet.layout, true)
    (images, architectures) = (batch, subnets)
    multiplyAdds = try subnets.reduce(0) {
      $0 + batch * (try space.cost(of: $1)).multiplyAdds
    }
    iterate = { _ = try trainer.runStep(subnets: subnets) }
  }

  /// The largest subnet's forward pass with running statistics, nothing recorded.
  init(inference space: any NetworkSpace, batch: Int, on device: any Device) throws {
    let side = space.resolution(of: space.largest)
    let supernet = try Supernet(space, on: device, seed: 1)
    var generator = SeededGenerator(seed: 4)
    let images = try device.tensor(
      (0..<batch * side * side * space.channels).map { _ in Float(generator.unit()) },
      [batch, side, side, space.channels])
    let plan = try supernet.inferencePlan(
      space.largest, images, BatchNormStatistics(on: device))
    (self.space, layout, trains) = (space, supernet.layout, false)
    (self.images, architectures) = (batch, [space.largest])
    multiplyAdds = batch * (try space.cost(of: space.largest)).multiplyAdds
    iterate = { _ = try plan.run() }
  }

  /// Times iterations: their medians, images a second, and the memory they took.
  func row(_ bench: Bench, on device: any Device) throws -> Row {
    let timing = try bench.samples(on: device, iterate)
    var row = Row(timing)
    row.imagesPerSecond = Double(images) / timing.median
    row.gigaflopsPerSecond = flops / timing.median * 1e-9
    row.fractionOfCeiling = flops / (try bench.ceilings()).flopsPerSecond / timing.median
    return row
  }
}

/// Workloads by name: what `serve` takes, and the rows of training and inference.
enum WorkloadCatalogue {
  struct Entry: Sendable {
    var name: String
    var summary: String
    var group: String
    var make: @Sendable (any Device) throws -> Workload
  }

  static let all: [Entry] = [
    Entry(
      name: "sandwich", summary: "sandwich step, mobilenet-28-large at 28x28, batch 128",
      group: "training"
    ) { try Workload(training: try Networks.elastic(), subnets: 4, batch: 128, on: $0) },
    Entry(
      name: "sandwich-halves", summary: "the same, activations as halves", group: "training"
    ) {
      try Workload(training: try Networks.elastic(), subnets: 4, batch: 128, halves: true, on: $0)
    },
    Entry(
      name: "nasbench201-step", summary: "NAS-Bench-201 step, 3x32x32, batch 64", group: "training"
    ) {
      try Workload(
        training: try Networks.preset("nasbench201"), architecture: Networks.nasBench201Cell,
        batch: 64, on: $0)
    },
    Entry(name: "darts-step", summary: "DARTS step, 3x32x32, batch 16", group: "training") {
      try Workload(
        training: try Networks.preset("darts"), architecture: Networks.dartsGenotype, batch: 16,
        on: $0)
    },
    Entry(
      name: "mobilenet-v2-step", summary: "MobileNetV2 step, 3x224x224, batch 8", group: "training"
    ) { try Workload(training: try Networks.mobileNetV2(), subnets: 1, batch: 8, on: $0) },
    Entry(
      name: "mobilenet-v2-step-halves", summary: "the same step, activations as halves",
      group: "training"
    ) {
      try Workload(training: try Networks.mobileNetV2(), subnets: 1, batch: 8, halves: true, on: $0)
    },
    Entry(
      name: "mobilenet-v2-1", summary: "MobileNetV2, 3x224x224, batch 1", group: "inference"
    ) { try Workload(inference: try Networks.mobileNetV2(), batch: 1, on: $0) },
    Entry(
      name: "mobilenet-v2-8", summary: "MobileNetV2, 3x224x224, batch 8", group: "inference"
    ) { try Workload(inference: try Networks.mobileNetV2(), batch: 8, on: $0) },
  ]

  static func entry(named name: String) -> Entry? { all.first { $0.name == name } }

  static func benchmarks(of group: String) -> [Benchmark] {
    all.filter { $0.group == group }.map { entry in
      Benchmark(entry.summary) { bench in
        // Only this row's tensors are to be in the peak.
        bench.close()
        _ = try bench.ceilings()
        let device = try bench.fresh().device
        ThisProcess.forgetPeak()
        var row = try entry.make(device).row(bench, on: device)
        row.peakResidentBytes = ThisProcess.peakBytes
        return row
      }
    }
  }
}

extension Group {
  static let training = Group(name: "training", summary: "one step, update included") {
    WorkloadCatalogue.benchmarks(of: "training")
  }

  static let inference = Group(
    name: "inference", summary: "forward with running statistics, nothing recorded"
  ) { WorkloadCatalogue.benchmarks(of: "inference") }
}
