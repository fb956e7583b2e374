import COpenCL
import Compute

/// A kernel object whose parameters are set, and its grid.
struct OpenCLLaunch {
  let function: OpenCLPrograms.Function
  let global: Int
  let kernel: Kernel

  func run(on queue: OpenCLQueue) throws {
    var (global, group) = (global, function.groupSize)
    try OpenCLStatus.check(
      queue.cl.pointee.clEnqueueNDRangeKernel(
        queue.handle, function.handle, 1, nil, &global, &group, 0, nil, nil),
      "clEnqueueNDRangeKernel",
      "\(queue.name): kernel \(kernel.function) of \(kernel.file).cl on \(global) items")
  }
}

/// Launches in the order in which they were made first, each with a kernel object of its own: to
/// make them again, nothing is allocated, shaped or set, only handed to the driver.
final class OpenCLPlan: Plan {
  let memory: PlannedMemory
  private let device: OpenCLDevice
  private let programs: OpenCLPrograms
  private var launches: [OpenCLLaunch] = []
  /// Memory that is not its own.
  private var inputs: [ObjectIdentifier: Storage] = [:]
  private var output: Tensor?

  init(_ memory: PlannedMemory, on device: OpenCLDevice, _ programs: OpenCLPrograms) {
    (self.memory, self.device, self.programs) = (memory, device, programs)
  }

  deinit { for launch in launches { programs.release(launch.function) } }

  func append(_ launch: OpenCLLaunch, _ arguments: [Argument]) {
    launches.append(launch)
    for case .storage(let storage as OpenCLStorage, _) in arguments
    where storage.source !== memory {
      inputs[ObjectIdentifier(storage)] = storage
    }
  }

  func finish(_ output: Tensor) { self.output = output }

  func run() throws -> Tensor {
    guard let output else { preconditionFailure("a plan run before it is made") }
    for launch in launches { try device.run(launch) }
    return output
  }
}
