import COpenCL
import Compute

/// An OpenCL device that was found, not yet opened.
///
/// Unchecked: its handles name a platform and a device, which live as long as the process and
/// which OpenCL lets every thread use.
public struct OpenCLDeviceInfo: @unchecked Sendable {
  public let description: DeviceDescription
  /// The register tile its kernels are compiled with.
  public private(set) var tile: Tile
  /// Group kernels on everything but CPUs.
  public private(set) var kernelShape: KernelShape
  public let fingerprint: DeviceFingerprint
  /// The largest piece of memory it gives.
  public let largestAllocation: Int
  /// Work-items of a group, where a kernel allows as many.
  private(set) var groupSize: Int
  private let largestGroup: Int
  let platform: cl_platform_id
  let device: cl_device_id

  init(
    _ device: cl_device_id, index: Int, platform: cl_platform_id, named platformName: String,
    version: String, _ cl: UnsafePointer<opencl_table>
  ) throws {
    let properties = OpenCLProperties.device(device, "a device of \(platformName)", cl)
    let name = try properties.text(CL_DEVICE_NAME)
    let driver = try properties.text(CL_DRIVER_VERSION)
    let type = try properties.number(CL_DEVICE_TYPE, as: cl_device_type.self)
    let units = try properties.number(CL_DEVICE_MAX_COMPUTE_UNITS, as: cl_uint.self)
    let memory = try properties.number(CL_DEVICE_GLOBAL_MEM_SIZE, as: cl_ulong.self)
    let largest = try properties.number(CL_DEVICE_MAX_MEM_ALLOC_SIZE, as: cl_ulong.self)
    let group = try properties.number(CL_DEVICE_MAX_WORK_GROUP_SIZE, as: Int.self)
    let kind = OpenCLDeviceInfo.kind(type)
    description = DeviceDescription(
      identifier: "opencl:\(index)", name: "\(name) (\(platformName))", kind: kind,
      driver: driver, computeUnits: Int(units), memoryBytes: Int(clamping: memory))
    let widths = try [CL_DEVICE_NATIVE_VECTOR_WIDTH_FLOAT, CL_DEVICE_PREFERRED_VECTOR_WIDTH_FLOAT]
      .map { Int(try properties.number($0, as: cl_uint.self)) }
    tile = kind == .cpu ? .cpu(width: widths.max() ?? 1) : .gpu
    kernelShape = kind == .cpu ? .tile : .group
    groupSize = kind == .cpu ? 1 : min(OpenCLDeviceInfo.streamingGroup, group)
    largestGroup = group
    fingerprint = DeviceFingerprint(
      platform: platformName, platformVersion: version, name: name,
      version: try properties.text(CL_DEVICE_VERSION), driver: driver)
    largestAllocation = Int(clamping: largest)
    self.platform = platform
    self.device = device
  }

  /// Work-items of a group of streaming kernels on a GPU.
  private static let streamingGroup = 64

  /// The device as it would be were it a GPU: how a CPU tests the kernels of GPUs.
  public func withGroupKernels() -> OpenCLDeviceInfo {
    var info = self
    info.tile = .gpu
    info.kernelShape = .group
    info.groupSize = min(OpenCLDeviceInfo.streamingGroup, largestGroup)
    return info
  }

  /// Whether its driver keeps compiled programs between starts, and better than we could.
  ///
  /// PoCL makes a binary only after compiling every kernel of the program anew, for any group size:
  /// 37 s at the first start, measured over all files, to make the later ones 0.4 s shorter.
  var keepsPrograms: Bool { fingerprint.platform == "Portable Computing Language" }

  /// The same device, its kernels compiled with another register tile.
  func with(_ tile: Tile) -> OpenCLDeviceInfo {
    var copy = self
    copy.tile = tile
    return copy
  }

  /// Register tiles worth a try.
  var tiles: [Tile] {
    let elements = tile.elementsPerItem
    let shapes =
      description.kind == .cpu
      ? [(16, 8, 3), (16, 12, 2), (16, 14, 2), (8, 4, 3), (8, 6, 2), (8, 4, 2)]
      : [(4, 8, 2), (4, 4, 1), (4, 8, 1), (4, 2, 2), (8, 4, 1)]
    return shapes.map { Tile(lanes: $0.0, rows: $0.1, columns: $0.2, elementsPerItem: elements) }
      .filter { $0 != tile }
  }

  /// A simulator may call itself everything at once: it is none of them.
  private static func kind(_ type: cl_device_type) -> DeviceDescription.Kind {
    let isCPU = type & cl_device_type(CL_DEVICE_TYPE_CPU) != 0
    let isGPU = type & cl_device_type(CL_DEVICE_TYPE_GPU) != 0
    guard isCPU != isGPU else { return .other }
    return isCPU ? .cpu : .gpu
  }
}

extension Tile {
  /// As the native instruction set of that vector width has it.
  fileprivate static func cpu(width: Int) -> Tile {
    switch width {
    case 16...: Tile(lanes: 16, rows: 8, columns: 3, elementsPerItem: 8192)
    case 8...: Tile(lanes: 8, rows: 4, columns: 2, elementsPerItem: 8192)
    default: Tile(lanes: 4, rows: 4, columns: 2, elementsPerItem: 8192)
    }
  }

  /// A vector for each work-item; neighbours read memory side by side.
  fileprivate static let gpu = Tile(lanes: 4, rows: 4, columns: 2, elementsPerItem: 4)
}
