import Compute

/// What a tuning holds for: with any of it different, it is another device's.
public struct TuningFingerprint: Sendable, Codable, Equatable {
  var platform: String
  var platformVersion: String
  var name: String
  var version: String
  var driver: String
  /// Threads of the native CPU.
  var computeUnits: Int
  /// A checksum of the kernels' sources.
  var kernels: String

  init(_ info: OpenCLDeviceInfo) {
    let device = info.fingerprint
    platform = device.platform
    platformVersion = device.platformVersion
    name = device.name
    version = device.version
    driver = device.driver
    computeUnits = info.description.computeUnits
    kernels = KernelSources.checksum
  }

  /// The native CPU's, or that of one of its instruction sets alone.
  init(threads: Int, instructionSet: String? = nil) {
    platform = "native"
    platformVersion = "1"
    name = [Host.processorName, instructionSet].compactMap(\.self).joined(separator: ", ")
    version = NativeDevice.instructionSets.joined(separator: ", ")
    driver = "native"
    computeUnits = threads
    kernels = KernelSources.checksum
  }

  /// The same for all versions of driver and kernels, so that a new tuning replaces the old.
  var fileName: String {
    let place = [platform, name, "\(computeUnits)"].joined(separator: "\n")
    let words = name.lowercased().split { !($0.isASCII && ($0.isLetter || $0.isNumber)) }
    let readable = ([platform == "native" ? "cpu" : "opencl"] + words).joined(separator: "-")
    return "\(readable.prefix(60))-\(String(FNV.hash(place.utf8), radix: 16)).json"
  }
}
