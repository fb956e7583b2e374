import COpenCL
import Compute

/// What an OpenCL call answered: nothing when it went well, else an error with the answer's name.
enum OpenCLStatus {
  /// Throws unless `status` is success.
  ///
  /// The subject says what was at work: device, kernel, file.
  @inline(__always)
  static func check(
    _ status: cl_int, _ call: StaticString, _ subject: @autoclosure () -> String
  ) throws {
    if status != CL_SUCCESS { throw error(status, call, subject()) }
  }

  /// - Parameter isAllocation: whether memory was asked for, and nothing else: a driver that was
  ///   reset may answer anything else as if its memory were short.
  static func error(
    _ status: cl_int, _ call: StaticString, _ subject: String, isAllocation: Bool = false
  ) -> DeviceError {
    let cause: DeviceError.Cause =
      isAllocation && isShortOfMemory(status)
      ? .shortOfMemory : lost.contains(status) ? .lost : .other
    return DeviceError(
      "\(subject): \(call) failed with \(name(status)); \(advice(status, cause))", cause: cause)
  }

  /// Answers of a device that went away or was reset, and of the queues that it had.
  private static let lost: Set<cl_int> = [
    CL_DEVICE_NOT_AVAILABLE, CL_OUT_OF_RESOURCES, CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST,
    CL_INVALID_CONTEXT, CL_INVALID_COMMAND_QUEUE, -9999,
  ]

  static func name(_ status: cl_int) -> String { names[status] ?? "error \(status)" }

  /// Whether letting go of memory may help.
  static func isShortOfMemory(_ status: cl_int) -> Bool {
    [CL_MEM_OBJECT_ALLOCATION_FAILURE, CL_OUT_OF_RESOURCES, CL_OUT_OF_HOST_MEMORY].contains(status)
  }

  private static func advice(_ status: cl_int, _ cause: DeviceError.Cause) -> String {
    if cause == .lost {
      return
        "the device went away or its driver was reset (see `dmesg`); try again, or use another "
        + "device, such as `cpu`"
    }
    if isShortOfMemory(status) { return "use a smaller batch or space, or another device" }
    return status == CL_BUILD_PROGRAM_FAILURE
      ? "update the driver, or use another device, such as `cpu`; its compiler says:"
      : "see whether `clinfo` works here, or use another device, such as `cpu`"
  }

  private static let names: [cl_int: String] = [
    0: "CL_SUCCESS",
    -1: "CL_DEVICE_NOT_FOUND",
    -2: "CL_DEVICE_NOT_AVAILABLE",
    -3: "CL_COMPILER_NOT_AVAILABLE",
    -4: "CL_MEM_OBJECT_ALLOCATION_FAILURE",
    -5: "CL_OUT_OF_RESOURCES",
    -6: "CL_OUT_OF_HOST_MEMORY",
    -7: "CL_PROFILING_INFO_NOT_AVAILABLE",
    -8: "CL_MEM_COPY_OVERLAP",
    -9: "CL_IMAGE_FORMAT_MISMATCH",
    -10: "CL_IMAGE_FORMAT_NOT_SUPPORTED",
    -11: "CL_BUILD_PROGRAM_FAILURE",
    -12: "CL_MAP_FAILURE",
    -13: "CL_MISALIGNED_SUB_BUFFER_OFFSET",
    -14: "CL_EXEC_STATUS_ERROR_FOR_EVENTS_IN_WAIT_LIST",
    -15: "CL_COMPILE_PROGRAM_FAILURE",
    -16: "CL_LINKER_NOT_AVAILABLE",
    -17: "CL_LINK_PROGRAM_FAILURE",
    -18: "CL_DEVICE_PARTITION_FAILED",
    -19: "CL_KERNEL_ARG_INFO_NOT_AVAILABLE",
    -30: "CL_INVALID_VALUE",
    -31: "CL_INVALID_DEVICE_TYPE",
    -32: "CL_INVALID_PLATFORM",
    -33: "CL_INVALID_DEVICE",
    -34: "CL_INVALID_CONTEXT",
    -35: "CL_INVALID_QUEUE_PROPERTIES",
    -36: "CL_INVALID_COMMAND_QUEUE",
    -37: "CL_INVALID_HOST_PTR",
    -38: "CL_INVALID_MEM_OBJECT",
    -42: "CL_INVALID_BINARY",
    -43: "CL_INVALID_BUILD_OPTIONS",
    -44: "CL_INVALID_PROGRAM",
    -45: "CL_INVALID_PROGRAM_EXECUTABLE",
    -46: "CL_INVALID_KERNEL_NAME",
    -47: "CL_INVALID_KERNEL_DEFINITION",
    -48: "CL_INVALID_KERNEL",
    -49: "CL_INVALID_ARG_INDEX",
    -50: "CL_INVALID_ARG_VALUE",
    -51: "CL_INVALID_ARG_SIZE",
    -52: "CL_INVALID_KERNEL_ARGS",
    -53: "CL_INVALID_WORK_DIMENSION",
    -54: "CL_INVALID_WORK_GROUP_SIZE",
    -55: "CL_INVALID_WORK_ITEM_SIZE",
    -56: "CL_INVALID_GLOBAL_OFFSET",
    -57: "CL_INVALID_EVENT_WAIT_LIST",
    -58: "CL_INVALID_EVENT",
    -59: "CL_INVALID_OPERATION",
    -61: "CL_INVALID_BUFFER_SIZE",
    -63: "CL_INVALID_GLOBAL_WORK_SIZE",
    -64: "CL_INVALID_PROPERTY",
    -1001: "CL_PLATFORM_NOT_FOUND_KHR",
    -9999: "an illegal memory access on an NVIDIA device",
  ]
}
