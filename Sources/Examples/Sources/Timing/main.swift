// Times the smallest and the largest subnet of a space on every device of this machine.
//
//   Timing [SPACE]
import ComputeOpenCL
import Estimation

let space = try SpaceCatalogue.space(CommandLine.arguments.dropFirst().first ?? "mobilenet-28")
for described in DeviceSelector.all().devices {
  let device = try DeviceSelector.open(described.identifier).device
  let timer = LatencyTimer(try Supernet(space, on: device, seed: 1))
  let latencies = try timer.latencies(of: [space.smallest, space.largest], batch: 1)
  let times = latencies.map { latency in
    let microseconds = (latency.medianSeconds * 1e6).rounded()
    return
      "\(microseconds) us\(latency.isTrusted ? "" : ", not to be trusted: the machine is busy")"
  }
  print("\(described.name): smallest \(times[0]), largest \(times[1])")
}
