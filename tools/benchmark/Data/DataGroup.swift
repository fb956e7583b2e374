import Datasets
import Estimation
import Operators
import Search
import Terminal

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What images cost a training step: files that were decoded before, beside images that lie in memory as
/// they are.
extension Group {
  static let data = Group(
    name: "data", summary: "steps on a folder of images, mobilenet-64, batch 64, beside memory"
  ) {
    let cut = Augmentation(cropPadding: 4, horizontalFlip: true)
    var all = cut
    all.strong = StrongAugmentation(resizedCrop: 0.5, randAugment: 2, cutout: 16, mixup: 0.2)
    return [
      row("sandwich step, folder, as they are", .none),
      row("sandwich step, folder, cut and mirrored", cut),
      row("sandwich step, folder, everything", all),
      row("smallest subnet alone, folder, everything", all, smallestOnly: true),
    ]
  }

  private static func row(
    _ name: String, _ augmentation: Augmentation, smallestOnly: Bool = false
  ) -> Benchmark {
    Benchmark(name) { bench in
      try inTemporaryFolder { folder in
        let photographs = try PhotographFolder(drawing: 500, in: folder + "/photographs")
        let space = try SpaceCatalogue.space("mobilenet-64")
        var request = DatasetRequest(
          path: photographs.path, form: ImageForm(size: 64, channels: space.channels))
        request.cache = folder + "/cache"
        let files = try ImageFolder.load(request).train
        let memory = ImageDataset(
          name: "memory", height: 64, width: 64, channels: space.channels,
          images: try files.images(0..<files.count), labels: files.labels,
          classNames: files.classNames)
        let device = try bench.fresh().device
        let trainers = try [(memory, Augmentation.none), (files, augmentation)].map {
          try trainer(space, $0, $1, on: device)
        }
        let subnets = smallestOnly ? [space.smallest] : trainers[0].subnets(of: 0)
        return try compared(trainers, subnets, rounds: bench.rounds, on: device)
      }
    }
  }

  private static func trainer(
    _ space: any NetworkSpace, _ images: ImageDataset, _ augmentation: Augmentation,
    on device: any Device
  ) throws -> Trainer {
    let recipe = TrainingRecipe(
      epochs: 10_000, learningRate: 1e-3, dropout: 0, cropPadding: augmentation.cropPadding,
      horizontalFlip: augmentation.horizontalFlip, strongAugmentation: augmentation.strong)
    return try Trainer(
      Supernet(space, on: device, seed: 1), recipe: recipe, images: images,
      statistics: PixelStatistics(of: images))
  }

  /// Times both by turns, so that both meet the same load.
  private static func compared(
    _ trainers: [Trainer], _ subnets: [Architecture], rounds: Int, on device: any Device
  ) throws -> Row {
    func steps(_ trainer: Trainer, _ count: Int) throws -> Double {
      try device.time { for _ in 0..<count { _ = try trainer.runStep(subnets: subnets) } }
        .seconds / Double(count)
    }
    for trainer in trainers { _ = try steps(trainer, 2) }
    let count = max(3, Int(0.5 / (try steps(trainers[0], 2))))
    var times: [[Double]] = [[], []]
    let (waited, worked) = (trainers[1].loader.waited, trainers[1].loader.worked)
    for _ in 0..<rounds {
      for (index, trainer) in trainers.enumerated() {
        times[index].append(try steps(trainer, count))
      }
    }
    let (memory, files) = (Samples(seconds: times[0]), Samples(seconds: times[1]))
    let total = times[1].reduce(0, +) * Double(count)
    let loader = trainers[1].loader
    var row = Row(files)
    row.imagesPerSecond = 64 / files.median
    row.detail =
      "\(Readable.fixed(memory.median / files.median, 3)) of the rate in memory; batches: "
      + "\(Readable.fixed(1e3 * (loader.worked - worked).seconds / Double(count * rounds), 1)) ms each, "
      + "waited for \(Readable.percent((loader.waited - waited).seconds / total)) of the time"
    return row
  }

  private static func inTemporaryFolder<Result>(
    _ work: (String) throws -> Result
  ) throws -> Result {
    let folder = FileManager.default.temporaryDirectory.path + "/supernet-data-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try work(folder)
  }
}
