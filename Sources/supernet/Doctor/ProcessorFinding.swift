import Compute
import Laws
import Terminal

extension Finding {
  /// The processor, its instruction sets, and whether it computes what it should.
  static var processor: Finding {
    let sets = NativeDevice.instructionSets.joined(separator: ", ")
    let text = "\(Host.processorName): \(sets); \(NativeDevice.processors) threads"
    do {
      let device = try NativeDevice()
      let violations = try OptimizerLaws.cases.flatMap {
        try OptimizerLaws.violations(of: $0.name, $0.optimizer, on: device)
      }
      guard let violation = violations.first else { return Finding("processor", text) }
      return Finding(
        "processor", .failed, "\(text); miscomputes: \(violation)",
        advice:
          "`supernet check --devices cpu` tells all of it; the machine or the build is damaged")
    } catch {
      return Finding("processor", .failed, "\(text); \(error)")
    }
  }

  /// Memory, and how much of it is free.
  static var memory: Finding {
    func gibibytes(_ bytes: Int) -> String {
      Readable.fixed(Double(bytes) / 1_073_741_824, 1) + " GiB"
    }
    guard let free = SystemFile.number("MemAvailable:", in: "/proc/meminfo") else {
      return Finding("memory", gibibytes(Host.memoryBytes))
    }
    let text = "\(gibibytes(free * 1024)) free of \(gibibytes(Host.memoryBytes))"
    return free > 1 << 20
      ? Finding("memory", text)
      : Finding(
        "memory", .lacking, text,
        advice: "training takes its batches in parts where they do not fit, and is slower")
  }
}
