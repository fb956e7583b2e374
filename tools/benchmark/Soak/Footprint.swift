import Compute
import ComputeOpenCL

/// What this process holds at a moment.
struct Footprint: Encodable {
  struct Number: Encodable {
    var name: String
    var value: Int
    /// The part of it by which it may grow.
    var allowance = 0.0
  }

  let numbers: [Number]

  /// As the system and the device count it; nil where the system does not.
  ///
  /// Memory may grow a little: the system counts it in pages, and a subnet that comes late may want a
  /// buffer more than all before it.
  init?(with device: (any Device)?) {
    guard let resident = ThisProcess.residentBytes, let threads = ThisProcess.threads,
      let descriptors = ThisProcess.descriptors
    else { return nil }
    let openCL = OpenCLObjects.alive
    let native = (device as? NativeDevice)?.heldBytes ?? 0
    numbers = [
      Number(name: "resident KiB", value: resident >> 10, allowance: 0.02),
      Number(name: "descriptors", value: descriptors),
      Number(name: "threads", value: threads),
      Number(name: "native KiB", value: native >> 10, allowance: 0.02),
      Number(name: "buffers", value: openCL.buffers, allowance: 0.02),
      Number(name: "kernels", value: openCL.kernels),
      Number(name: "programs", value: openCL.programs),
      Number(name: "events", value: openCL.events),
      Number(name: "queues", value: openCL.queues),
      Number(name: "contexts", value: openCL.contexts),
    ]
  }

  /// What grew since an earlier moment by more than it may, a line each.
  ///
  /// - Parameter keptBytes: what stays in memory on purpose.
  func growth(since before: Footprint, keptBytes: Int) -> [String] {
    zip(before.numbers, numbers).compactMap { before, now in
      let kept = now.name == "resident KiB" ? keptBytes >> 10 : 0
      let limit = Double(before.value) * (1 + now.allowance) + Double(kept)
      return Double(now.value) > limit ? "\(now.name): \(before.value), then \(now.value)" : nil
    }
  }
}
