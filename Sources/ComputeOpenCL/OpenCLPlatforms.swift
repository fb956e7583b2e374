import COpenCL
import Compute

/// The OpenCL devices of this machine, as the system's loader shows them.
public enum OpenCLPlatforms {
  /// Every usable device, and in one line why there are none, or why some are missing.
  ///
  /// Looked for once in a process: some drivers fail when first called from several threads.
  /// Platforms come in the order of their names, so that an index means the same device tomorrow.
  public static func discover() -> (devices: [OpenCLDeviceInfo], problem: String?) { found }

  /// Whether the system has a loader of OpenCL drivers.
  public static var hasLoader: Bool { opencl_table_get() != nil }

  private static let found = search()

  private struct Platform {
    var handle: cl_platform_id
    var name: String
    var version: String
  }

  private static func search() -> (devices: [OpenCLDeviceInfo], problem: String?) {
    guard let cl = opencl_table_get() else {
      let reason = String(cString: opencl_table_problem())
      let isMissing = reason.contains("No such file")
      return ([], isMissing ? "libOpenCL.so.1 not found" : reason)
    }
    var devices: [OpenCLDeviceInfo] = []
    var problems: [String] = []
    do {
      for platform in try platforms(cl, &problems) {
        do {
          for device in try usableDevices(of: platform, cl, &problems) {
            devices.append(
              try OpenCLDeviceInfo(
                device, index: devices.count, platform: platform.handle, named: platform.name,
                version: platform.version, cl))
          }
        } catch {
          problems.append("\(error)")
        }
      }
    } catch {
      problems.append("\(error)")
    }
    if devices.isEmpty, problems.isEmpty { problems.append("no platform has a device") }
    return (devices, problems.isEmpty ? nil : problems.joined(separator: "; "))
  }

  private static func platforms(
    _ cl: UnsafePointer<opencl_table>, _ problems: inout [String]
  ) throws -> [Platform] {
    var count: cl_uint = 0
    let status = cl.pointee.clGetPlatformIDs(0, nil, &count)
    // The loader's way to say that no driver is installed.
    let noPlatform: cl_int = -1001
    guard status != noPlatform, status != CL_SUCCESS || count > 0 else {
      throw DeviceError("no platform: install an OpenCL driver, such as pocl-opencl-icd")
    }
    try OpenCLStatus.check(status, "clGetPlatformIDs", "the OpenCL loader")
    var handles = [cl_platform_id?](repeating: nil, count: Int(count))
    try OpenCLStatus.check(
      cl.pointee.clGetPlatformIDs(count, &handles, nil), "clGetPlatformIDs", "the OpenCL loader")
    var platforms: [Platform] = []
    for case let handle? in handles where !platforms.contains(where: { $0.handle == handle }) {
      let properties = OpenCLProperties.platform(handle, "a platform", cl)
      do {
        platforms.append(
          Platform(
            handle: handle, name: try properties.text(CL_PLATFORM_NAME),
            version: try properties.text(CL_PLATFORM_VERSION)))
      } catch {
        problems.append("\(error)")
      }
    }
    return platforms.sorted { ($0.name, $0.version) < ($1.name, $1.version) }
  }

  /// The platform's devices that can compile our kernels: OpenCL C 1.2 or later.
  private static func usableDevices(
    of platform: Platform, _ cl: UnsafePointer<opencl_table>, _ problems: inout [String]
  ) throws -> [cl_device_id] {
    let every = cl_device_type(CL_DEVICE_TYPE_GPU | CL_DEVICE_TYPE_CPU | CL_DEVICE_TYPE_ACCELERATOR)
    var count: cl_uint = 0
    let status = cl.pointee.clGetDeviceIDs(platform.handle, every, 0, nil, &count)
    if status == CL_DEVICE_NOT_FOUND || (status == CL_SUCCESS && count == 0) {
      problems.append("\(platform.name): no device")
      return []
    }
    try OpenCLStatus.check(status, "clGetDeviceIDs", platform.name)
    var handles = [cl_device_id?](repeating: nil, count: Int(count))
    try OpenCLStatus.check(
      cl.pointee.clGetDeviceIDs(platform.handle, every, count, &handles, nil), "clGetDeviceIDs",
      platform.name)
    return try handles.compactMap { $0 }.filter { handle in
      let properties = OpenCLProperties.device(handle, "a device of \(platform.name)", cl)
      let flags = try [CL_DEVICE_AVAILABLE, CL_DEVICE_COMPILER_AVAILABLE].map {
        try properties.number($0, as: cl_bool.self)
      }
      let version = try properties.text(CL_DEVICE_VERSION)
      let isOld = ["OpenCL 1.0", "OpenCL 1.1"].contains { version.hasPrefix($0) }
      if flags.allSatisfy({ $0 != 0 }), !isOld { return true }
      problems.append(
        "\(try properties.text(CL_DEVICE_NAME)) of \(platform.name): "
          + (isOld ? "\(version), older than 1.2" : "not available, or has no compiler"))
      return false
    }
  }
}
