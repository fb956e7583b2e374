import Compute
import Estimation

extension Group {
  static let scaling = Group(
    name: "scaling", summary: "cost against batch and threads, mobilenet-28-large at 28x28"
  ) {
    let batches = [16, 32, 64, 128, 256].map { batch in
      Benchmark("step of the largest subnet, batch \(batch)") { bench in
        let device = try bench.open().device
        let work = try Workload(
          training: try Networks.elastic(), subnets: 1, batch: batch, on: device)
        var row = try work.row(bench, on: device)
        row.millisecondsPerImage = row.medianSeconds * 1e3 / Double(batch)
        return row
      }
    }
    return batches + [threads]
  }

  /// The native CPU on one thread and on all: an OpenCL driver chooses its own.
  private static var threads: Benchmark {
    Benchmark("speed-up of a step on all threads over one, batch 64") { bench in
      func step(_ threads: Int?) throws -> (device: any Device, timing: Samples) {
        let device = try bench.fresh(threads: threads).device
        let work = try Workload(
          training: try Networks.elastic(), subnets: 1, batch: 64, on: device)
        return (device, try bench.samples(on: device, work.iterate))
      }
      let all = try step(nil)
      var row = Row(all.timing)
      guard all.device.description.identifier == "cpu" else {
        row.detail = "threads are the driver's"
        return row
      }
      row.speedUp = try step(1).timing.median / all.timing.median
      row.detail = "\(all.device.description.computeUnits) threads"
      return row
    }
  }
}
