import Testing

/// One binary, with and without OpenCL.
@Suite struct NoOpenCLTests {
  private func expectCPU(_ outcome: Outcome) {
    #expect(outcome.status == 0, "\(outcome)")
    let told = outcome.output.split(separator: "\n").filter { $0.contains("OpenCL") }
    #expect(told.count == 1 && told[0].hasSuffix("using the CPU"), "\(outcome)")
    #expect(outcome.output.contains("(native "))
  }

  @Test func withoutDriversItUsesTheCPU() throws {
    let outcome = try Workspace().supernet(
      "train", "run.yaml", "--device", "auto", "--threads", "1",
      environment: ["OCL_ICD_VENDORS": "/nonexistent", "OPENCL_VENDOR_PATH": "/nonexistent"])
    expectCPU(outcome)
  }

  @Test func withoutTheLibraryItUsesTheCPU() throws {
    guard Namespace.isAvailable else {
      return print("skipped: a hidden libOpenCL, for want of root or `unshare -m`")
    }
    let outcome = try Namespace.run(
      """
      touch nothing
      for library in $(PATH=$PATH:/sbin ldconfig -p | sed -n 's/.*libOpenCL.* => //p'); do
        mount --bind nothing "$library"
      done
      "$1" devices >&2
      "$1" train run.yaml --device auto --threads 1
      """, in: try Workspace())
    expectCPU(outcome)
    #expect(outcome.errors.contains("\ncpu "))
    #expect(!outcome.errors.contains("\nopencl:"), "nothing is left of OpenCL")
  }

  @Test func askingForOpenCLSaysWhatIsMissing() throws {
    let outcome = try Workspace().supernet(
      "train", "run.yaml", "--device", "opencl",
      environment: ["OCL_ICD_VENDORS": "/nonexistent", "OPENCL_VENDOR_PATH": "/nonexistent"])
    expectOneLine(outcome, "`cpu` needs no driver")
  }
}
