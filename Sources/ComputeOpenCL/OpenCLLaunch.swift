import COpenCL
import Compute

/// A kernel object whose parameters are set, and its grid.
struct OpenCLLaunch {
  let function: OpenCLFunction
  let global: Int
  let kernel: Kernel

  func run(on queue: OpenCLQueue) throws {
    var (global, group) = (global, function.groupSize)
    try OpenCLStatus.check(
      queue.calls.made {
        queue.cl.pointee.clEnqueueNDRangeKernel(
          queue.handle, function.handle, 1, nil, &global, &group, 0, nil, nil)
      },
      "clEnqueueNDRangeKernel",
      "\(queue.name): kernel \(kernel.function) of \(kernel.file).cl on \(global) items")
  }
}
