import ComputeOpenCL
import Foundation
import Testing

/// Training through a driver that fails, between it and us a layer (`faulty_driver.c`) that makes it.
@Suite struct FaultyDriverTests {
  /// The layer, compiled, and why there is none.
  private static let layer: (path: String?, problem: String) = {
    guard !OpenCLPlatforms.discover().devices.isEmpty else { return (nil, "no OpenCL device") }
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("supernet-layer-\(ProcessInfo.processInfo.processIdentifier)")
    let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .appendingPathComponent("faulty_driver.c")
    let library = folder.appendingPathComponent("faulty_driver.so")
    do {
      try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
      let outcome = try Job(
        "/usr/bin/env",
        [
          "cc", "-shared", "-fPIC", "-D", "CL_TARGET_OPENCL_VERSION=120", "-o", library.path,
          source.path,
        ], in: folder
      ).wait()
      return outcome.status == 0 ? (library.path, "") : (nil, outcome.errors)
    } catch {
      return (nil, "\(error)")
    }
  }()

  /// Trains the tiny run on an OpenCL device with a checkpoint after each step.
  private func train(
    _ work: Workspace, _ options: String..., faults: [String: String] = [:]
  ) throws -> Outcome? {
    guard let layer = Self.layer.path else {
      print("skipped: a driver that fails: \(Self.layer.problem)")
      return nil
    }
    return try work.start(
      ["train", "run.yaml", "--device", "opencl:0", "--checkpoint-seconds", "0"] + options,
      environment: faults.merging(["OPENCL_LAYERS": layer]) { $1 }
    ).wait()
  }

  /// In the midst of training.
  private static let midst = "3000"
  private let checkpoint = "runs/tiny/checkpoint.safetensors"

  private func undisturbed() throws -> Data? {
    let work = try Workspace()
    guard let outcome = try train(work) else { return nil }
    #expect(outcome.status == 0, "\(outcome)")
    return try work.data(checkpoint)
  }

  @Test func trainingGoesOnWhenTheDeviceComesBack() throws {
    guard let expected = try undisturbed() else { return }
    for status in ["-5", "-2"] {
      let work = try Workspace()
      guard
        let outcome = try train(
          work, faults: ["FAULT_AFTER": Self.midst, "FAULT_STATUS": status])
      else { return }
      #expect(outcome.status == 0, "\(outcome)")
      #expect(outcome.output.contains("Trying it again"), "\(outcome)")
      #expect(outcome.output.contains("Resuming at step"), "\(outcome)")
      #expect(try work.data(checkpoint) == expected, "bit for bit what it would have been")
    }
  }

  @Test func trainingGoesOnElsewhereWhereAllowed() throws {
    let (allowed, refused) = (try Workspace(), try Workspace())
    let faults = ["FAULT_AFTER": Self.midst, "FAULT_FOREVER": "1"]
    guard let moved = try train(allowed, "--fallback", "cpu", faults: faults),
      let ended = try train(refused, faults: faults), let expected = try undisturbed()
    else { return }
    #expect(moved.status == 0, "\(moved)")
    #expect(moved.output.contains("going on with cpu"), "\(moved)")
    #expect(try allowed.text("runs/tiny/config.yaml").contains("device: \"cpu\""))
    expectOneLine(ended, "did not come back: --resume goes on from step")
    // The driver is well again.
    let resumed = try #require(try train(refused, "--resume"))
    #expect(resumed.status == 0, "\(resumed)")
    #expect(try refused.data(checkpoint) == expected)
  }

  @Test func aHangingDriverIsGivenUp() throws {
    let work = try Workspace()
    guard
      let outcome = try train(
        work, "--driver-timeout", "1", faults: ["FAULT_AFTER": Self.midst, "FAULT_HANG": "1"])
    else { return }
    expectOneLine(outcome, "its driver has not come back from a call")
    let resumed = try #require(try train(work, "--resume"))
    #expect(resumed.status == 0, "\(resumed)")
  }

  /// Sums with one product in two of the wrong sign would train to nothing, and nobody know why.
  @Test func aDriverThatMiscompilesIsRefused() throws {
    let work = try Workspace()
    let faults = [
      "FAULT_FROM": "acc[r][v] = fma(av, bv[v],", "FAULT_TO": "acc[r][v] = fma(-av, bv[v],",
    ]
    guard let outcome = try train(work, faults: faults) else { return }
    expectOneLine(outcome, "computes other numbers than the processor")
    #expect(!work.exists("runs"), "nothing was begun")
  }
}
