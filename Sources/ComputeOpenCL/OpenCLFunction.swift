import COpenCL
import Compute

/// A kernel object, let go of with its last owner.
final class OpenCLFunction {
  let handle: cl_kernel
  let parameters: Int
  /// The work-items of its groups.
  let groupSize: Int
  private let queue: OpenCLQueue

  /// Takes over the kernel object, whatever comes of it.
  init(
    _ handle: cl_kernel, of kernel: Kernel, on queue: OpenCLQueue, _ subject: String
  ) throws {
    let cl = queue.cl
    (self.handle, self.queue) = (handle, queue)
    do {
      parameters = Int(
        try OpenCLProperties("clGetKernelInfo", of: subject) {
          cl.pointee.clGetKernelInfo(handle, $0, $1, $2, $3)
        }.number(CL_KERNEL_NUM_ARGS, as: cl_uint.self))
      // A kernel that needs many registers may allow smaller groups than its device does.
      let largest = try OpenCLProperties("clGetKernelWorkGroupInfo", of: subject) {
        cl.pointee.clGetKernelWorkGroupInfo(handle, queue.info.device, $0, $1, $2, $3)
      }.number(CL_KERNEL_WORK_GROUP_SIZE, as: Int.self)
      guard largest >= kernel.groupSize ?? 1 else {
        throw DeviceError(
          "\(subject) wants groups of \(kernel.groupSize ?? 1) work-items, and may have \(largest): "
            + "use another device")
      }
      groupSize = kernel.groupSize ?? max(1, min(queue.info.groupSize, largest))
    } catch {
      // No deinit runs for what was not made.
      _ = cl.pointee.clReleaseKernel(handle)
      throw error
    }
  }

  deinit { _ = queue.cl.pointee.clReleaseKernel(handle) }
}
