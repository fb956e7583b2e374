import Compute
import ComputeOpenCL
import Foundation
import Laws
import Testing

/// Two hundred steps lose what the same networks lose in PyTorch, from the same weights, images and
/// subnets; `tools/golden` makes the files in Golden that these tests read.
///
/// In twenty steps rounding stays small. After them it has grown, by a ReLU here and there that lets
/// pass what it did not, so that single and double precision part in PyTorch too (TESTING.md).
@Suite struct GoldenTests {
  /// By how much the losses of the first steps may differ from PyTorch's, relatively.
  private let bounds = [(steps: 20, difference: 1e-4), (steps: 200, difference: 0.03)]

  /// A run in PyTorch.
  private struct Reference: Decodable {
    /// The checksum of what it started from.
    var start: String
    /// The loss of each subnet of each step, in single and in double precision.
    var single: [[Double]]
    var double: [[Double]]

    init(of run: GoldenRun) throws {
      let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden/\(run.name).json")
      self = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file))
    }
  }

  @Test(arguments: GoldenRun.all) func runsStartAsTheirReferencesDid(_ run: GoldenRun) throws {
    #expect(
      try run.start().metadata["checksum"] == Reference(of: run).start,
      """
      \(run) starts from other weights, images or subnets than Golden/\(run).json did, or with \
      another space or recipe: make the file anew with tools/golden
      """)
  }

  @Test(arguments: GoldenRun.all) func theNativeDeviceLosesWhatPyTorchDoes(
    _ run: GoldenRun
  ) throws {
    for (index, instructionSet) in NativeDevice.instructionSets.enumerated() {
      let device = try NativeDevice(threads: 2, instructionSet: instructionSet)
      try compare(run, on: device, steps: index == 0 ? 200 : 20)
    }
  }

  @Test(arguments: GoldenRun.all) func openCLLosesWhatPyTorchDoes(_ run: GoldenRun) throws {
    let found = OpenCLPlatforms.discover().devices
    if found.isEmpty { print("skipped: no OpenCL device to train \(run) on") }
    for info in found { try compare(run, on: try OpenCLDevice(info), steps: 200) }
  }

  private func compare(_ run: GoldenRun, on device: any Device, steps: Int) throws {
    let reference = try Reference(of: run)
    let losses = try run.losses(steps: steps, on: device)
    for bound in bounds where bound.steps <= steps {
      let first = Array(losses.prefix(bound.steps))
      let single = largestDifference(first, reference.single)
      let double = largestDifference(first, reference.double)
      let what = "golden \(run), \(device.description.name), \(bound.steps) steps"
      print(
        "\(what):",
        String(format: "%.1e from PyTorch's single, %.1e from its double precision", single, double)
      )
      #expect(single < bound.difference, "\(what)")
      #expect(double < bound.difference, "\(what)")
    }
  }

  /// The largest relative one of all steps of ours; infinite where a loss is missing or no number.
  private func largestDifference(_ ours: [[Double]], _ theirs: [[Double]]) -> Double {
    guard ours.map(\.count) == theirs.prefix(ours.count).map(\.count) else { return .infinity }
    return zip(ours.joined(), theirs.joined()).reduce(0) { largest, losses in
      let difference = abs(losses.0 - losses.1) / losses.1
      return difference.isFinite ? max(largest, difference) : .infinity
    }
  }
}
