import Compute
import ComputeOpenCL
import Export

/// Which program this is, and where it runs.
enum BuildDescription {
  /// `supernet 0.1.0, release build, Swift 6.3 or later, Linux 6.1.0 x86_64`.
  static var text: String {
    "supernet \(SupernetVersion.text), \(mode) build, Swift \(compiler), \(CommandRecord.system)"
  }

  /// What `--version` prints: also what there is to compute on.
  static var report: String {
    let (devices, problem) = DeviceSelector.all()
    let lines =
      devices.map { "  \($0.identifier): \($0.name)" } + (problem.map { ["  \($0)"] } ?? [])
    return ([text, "devices:"] + lines).joined(separator: "\n")
  }

  private static var mode: String {
    #if DEBUG
      "debug"
    #else
      "release"
    #endif
  }

  private static var compiler: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #else
      "6.3"
    #endif
  }
}
