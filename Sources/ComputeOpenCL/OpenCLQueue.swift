import COpenCL
import Compute

/// A device's context and its one queue: in order, without profiling, which slows some drivers.
///
/// What it runs belongs to whoever holds it; it outlives them all, and so is released last.
final class OpenCLQueue {
  let cl: UnsafePointer<opencl_table>
  let info: OpenCLDeviceInfo
  let context: cl_context
  let handle: cl_command_queue
  /// Those that may take long, or for ever.
  let calls: DriverCalls

  /// The device, as errors name it.
  var name: String { "\(info.description.identifier) \(info.description.name)" }

  init(_ info: OpenCLDeviceInfo) throws {
    guard let cl = opencl_table_get() else {
      throw DeviceError("OpenCL: \(String(cString: opencl_table_problem()))")
    }
    let name = "\(info.description.identifier) \(info.description.name)"
    let properties: [cl_context_properties] = [
      cl_context_properties(CL_CONTEXT_PLATFORM), Int(bitPattern: info.platform), 0,
    ]
    var device: cl_device_id? = info.device
    var status: cl_int = 0
    guard let context = cl.pointee.clCreateContext(properties, 1, &device, nil, nil, &status)
    else { throw OpenCLStatus.error(status, "clCreateContext", name) }
    guard let queue = cl.pointee.clCreateCommandQueue(context, device, 0, &status) else {
      _ = cl.pointee.clReleaseContext(context)
      throw OpenCLStatus.error(status, "clCreateCommandQueue", name)
    }
    self.cl = cl
    self.info = info
    self.context = context
    handle = queue
    calls = DriverCalls(device: name)
    DriverWatch.begin(calls)
  }

  deinit {
    calls.made {
      _ = cl.pointee.clFinish(handle)
      _ = cl.pointee.clReleaseCommandQueue(handle)
      _ = cl.pointee.clReleaseContext(context)
    }
    DriverWatch.end(calls)
  }

  func flush() throws {
    try OpenCLStatus.check(calls.made { cl.pointee.clFlush(handle) }, "clFlush", name)
  }

  func finish() throws {
    try OpenCLStatus.check(calls.made { cl.pointee.clFinish(handle) }, "clFinish", name)
  }
}
