import Compute
import TensorFiles

/// A device that was chosen, not yet opened.
public enum FoundDevice: Sendable {
  /// The processor, with the best instruction set that it has unless one is given.
  case native(threads: Int?, instructionSet: String? = nil)
  case openCL(OpenCLDeviceInfo)

  /// Opens it as a tuning has it; untuned without one.
  public func open(_ tuning: Tuning = Tuning()) throws -> any Device {
    let device: any Device
    switch self {
    case .native(let threads, let set?):
      device = try NativeDevice(
        threads: threads, instructionSet: set, identifier: "cpu:\(set.lowercased())")
    case .native(let threads, nil):
      device = try NativeDevice(threads: threads, instructionSet: tuning.build.instructionSet)
    case .openCL(let info):
      device = try OpenCLDevice(tuning.build.tile.map { info.with($0) } ?? info)
    }
    device.tuning = tuning
    return device
  }

  /// Opens it as the user's file of it has it, and in one line why not if a file is there.
  func openTuned() throws -> (device: any Device, problem: String?) {
    guard let (tuning, problem) = tuningFile?.read() else { return (try open(), nil) }
    guard let tuning else { return (try open(), problem.map { "Tuning: \($0)" }) }
    do {
      return (try open(tuning), nil)
    } catch let error as DeviceError {
      let device = try open()
      return (device, "Tuning: \(tuning.origin ?? ""): \(error); the device is used untuned")
    }
  }

  /// Where its tuning is kept; nil where the user has no home.
  public var tuningFile: TuningFile? {
    UserCache.folder("tuning").map { TuningFile(fingerprint, in: $0) }
  }

  /// What its tuning holds for.
  public var fingerprint: TuningFingerprint {
    switch self {
    case .native(let threads, let set):
      TuningFingerprint(threads: threads ?? NativeDevice.processors, instructionSet: set)
    case .openCL(let info): TuningFingerprint(info)
    }
  }

  /// Other ways to compile its kernels.
  public var builds: [DeviceBuild] {
    switch self {
    case .native(_, nil):
      NativeDevice.instructionSets.dropFirst().map { DeviceBuild(instructionSet: $0) }
    case .native: []
    case .openCL(let info): info.tiles.map { DeviceBuild(tile: $0) }
    }
  }
}
