import Datasets
import Estimation
import Search
import Studies

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Group {
  static let search = Group(name: "search", summary: "candidates judged, as a search does it") {
    let (calibration, validation, candidates) = (1024, 2000, 6)
    return ["mobilenet-28", "mobilenet-28-large"].map { preset in
      Benchmark("\(preset), \(calibration) to recalibrate, \(validation) to validate") { bench in
        let device = try bench.open().device
        let space = try SpaceCatalogue.space(preset)
        let data = RandomImages.dataset(
          count: calibration + validation, side: space.resolution(of: space.largest),
          channels: space.channels, classes: space.classes)
        let statistics = try PixelStatistics(of: data)
        func labelled(_ positions: Range<Int>) throws -> [LabelledImages] {
          try LabelledImages.batches(
            of: data.selecting(Array(positions)), statistics: statistics, batchSize: 128,
            on: device)
        }
        let supernet = try Supernet(space, on: device, seed: 1)
        let estimator = AccuracyEstimator(
          supernet, calibration: try labelled(0..<calibration))
        let path = "/tmp/supernet-benchmark-\(getpid()).sqlite"
        defer { try? StudyFile.remove(path) }
        let (name, timer) = (device.description.identifier, LatencyTimer(supernet))
        let search = SubnetSearch(
          estimator, validation: try labelled(calibration..<data.count),
          in: try StudyFile(path, of: SubnetSearch.header(of: space))
        ) { [CostMetric.latency(on: name): try timer.seconds(of: $0, batch: 1)] }
        // The largest warms up: kernels are built, buffers are there.
        _ = try estimator.top1(space.largest, on: labelled(0..<128))
        let budgets = [SubnetBudget("all", device: name, seconds: 3600)]
        var (ends, start) = ([Double](), ContinuousClock.now)
        try search.run(
          StrategyCatalogue.entry(named: "random").make(1), named: "random", under: budgets,
          total: candidates
        ) { _ in
          ends.append((ContinuousClock.now - start).seconds)
          start = .now
        }
        let timing = Samples(seconds: ends)
        var row = Row(timing)
        row.candidatesPerMinute = 60 * Double(ends.count) / ends.reduce(0, +)
        row.imagesPerSecond =
          Double(ends.count * (calibration + validation)) / ends.reduce(0, +)
        return row
      }
    }
  }
}
