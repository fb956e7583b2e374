import Foundation

/// Runs a script in a mount namespace of its own, so that its mounts end with it.
enum Namespace {
  /// What such scripts need is there: root (or a user namespace) and `unshare`.
  static let isAvailable: Bool = {
    guard let folder = try? Workspace() else { return false }
    let script = "mount -t tmpfs -o size=64k none images"
    return (try? run(script, in: folder))?.status == 0
  }()

  static func run(_ script: String, in workspace: Workspace) throws -> Outcome {
    try Job(
      "/usr/bin/env", ["unshare", "-m", "sh", "-ec", script, "sh", Binary.path],
      in: workspace.folder
    ).wait()
  }
}
