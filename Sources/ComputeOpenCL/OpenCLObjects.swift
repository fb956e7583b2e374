import COpenCL

/// OpenCL's objects of this process that are not let go of yet, counted at the calls that make and
/// release them.
public struct OpenCLObjects: Sendable, Codable, Equatable {
  public var contexts: Int
  public var queues: Int
  public var programs: Int
  public var kernels: Int
  public var buffers: Int
  public var events: Int

  public var total: Int { contexts + queues + programs + kernels + buffers + events }

  /// Those alive now; of one device alone while no other is open.
  public static var alive: OpenCLObjects {
    let alive = opencl_objects_alive()
    return OpenCLObjects(
      contexts: alive.contexts, queues: alive.queues, programs: alive.programs,
      kernels: alive.kernels, buffers: alive.buffers, events: alive.events)
  }
}
