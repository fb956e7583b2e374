import Testing

@Suite struct FullDiskTests {
  /// Sizes at which different files no longer fit: the configuration, the checkpoint, the results.
  @Test(arguments: [4, 8, 20, 48, 56]) func isTold(_ kibibytes: Int) throws {
    guard Namespace.isAvailable else {
      return print("skipped: full disks, for want of root or `unshare -m`")
    }
    let workspace = try Workspace()
    let outcome = try Namespace.run(
      """
      mkdir disk
      mount -t tmpfs -o size=\(kibibytes)k none disk
      status=0
      "$1" run run.yaml --threads 1 --folder disk || status=$?
      cp -r disk kept
      exit $status
      """, in: workspace)
    expectOneLine(outcome, "No space left on device")
    let files = workspace.files(below: "kept")
    #expect(!files.contains { $0.hasSuffix(".tmp") }, "\(files)")
    // What has its final name is whole: the run goes on from there where there is space.
    let resumed = try workspace.supernet(
      "run", "run.yaml", "--threads", "1", "--folder", "kept", "--resume")
    #expect(resumed.status == 0, "\(resumed)")
  }

  @Test func aReadOnlyFolderIsTold() throws {
    guard Namespace.isAvailable else {
      return print("skipped: read-only folders, for want of root or `unshare -m`")
    }
    let outcome = try Namespace.run(
      """
      mkdir disk
      mount -t tmpfs -o ro none disk
      "$1" run run.yaml --threads 1 --folder disk
      """, in: try Workspace())
    expectOneLine(outcome, "disk/tiny: cannot be made: Read-only file system")
  }
}
