import COpenCL
import Compute

/// A device's programs, one or two for each kernel file, and its kernels: made at first use, then
/// kept.
final class OpenCLPrograms {
  /// A file, and what it is compiled for.
  private struct Unit: Hashable {
    var file: String
    var isAligned: Bool
  }

  /// A kernel object, and the work-items of its groups.
  struct Function {
    var handle: cl_kernel
    var parameters: Int
    var groupSize: Int
  }

  /// Programs compiled from source, and those taken from the cache.
  private(set) var built = 0
  private(set) var cached = 0

  private let queue: OpenCLQueue
  private let cache: ProgramCache?
  private let options: String
  private var programs: [Unit: cl_program] = [:]
  private var functions: [Kernel: Function] = [:]

  init(_ queue: OpenCLQueue, cacheFolder: String?) {
    self.queue = queue
    cache = cacheFolder.map { ProgramCache(folder: $0) }
    let tile = queue.info.tile
    let shape = queue.info.kernelShape == .group ? " -D GROUP" : ""
    options =
      "-cl-std=CL1.2 -w -D V=\(tile.lanes) -D ROWS=\(tile.rows) -D COLUMNS=\(tile.columns)\(shape)"
  }

  deinit {
    for function in functions.values { release(function) }
    for program in programs.values { _ = queue.cl.pointee.clReleaseProgram(program) }
  }

  func function(_ kernel: Kernel) throws -> Function {
    if let function = functions[kernel] { return function }
    let function = try newFunction(kernel)
    functions[kernel] = function
    return function
  }

  func release(_ function: Function) { _ = queue.cl.pointee.clReleaseKernel(function.handle) }

  private func program(_ unit: Unit) throws -> cl_program {
    if let program = programs[unit] { return program }
    guard let source = KernelSources.program(unit.file) else {
      preconditionFailure("no kernel file \(unit.file).cl")
    }
    let key = ProgramKey(
      file: unit.file, source: source, options: options + (unit.isAligned ? " -D ALIGNED" : ""),
      device: queue.info.fingerprint)
    let program = try kept(key) ?? compiled(key)
    programs[unit] = program
    return program
  }

  /// A kernel object of the caller's own, to be released.
  func newFunction(_ kernel: Kernel) throws -> Function {
    let cl = queue.cl
    let subject = "\(queue.name): kernel \(kernel.function) of \(kernel.file).cl"
    var status: cl_int = 0
    let unit = Unit(file: kernel.file, isAligned: kernel.isAligned)
    let created = cl.pointee.clCreateKernel(try program(unit), kernel.function, &status)
    precondition(
      status != CL_INVALID_KERNEL_NAME, "no kernel \(kernel.function) in \(kernel.file).cl")
    guard let handle = created else {
      throw OpenCLStatus.error(status, "clCreateKernel", subject)
    }
    do {
      let parameters = try OpenCLProperties("clGetKernelInfo", of: subject) {
        cl.pointee.clGetKernelInfo(handle, $0, $1, $2, $3)
      }.number(CL_KERNEL_NUM_ARGS, as: cl_uint.self)
      // A kernel that needs many registers may allow smaller groups than its device does.
      let largest = try OpenCLProperties("clGetKernelWorkGroupInfo", of: subject) { [queue] in
        cl.pointee.clGetKernelWorkGroupInfo(handle, queue.info.device, $0, $1, $2, $3)
      }.number(CL_KERNEL_WORK_GROUP_SIZE, as: Int.self)
      guard largest >= kernel.groupSize ?? 1 else {
        throw DeviceError(
          "\(subject) wants groups of \(kernel.groupSize ?? 1) work-items, and may have \(largest): "
            + "use another device")
      }
      return Function(
        handle: handle, parameters: Int(parameters),
        groupSize: kernel.groupSize ?? max(1, min(queue.info.groupSize, largest)))
    } catch {
      _ = cl.pointee.clReleaseKernel(handle)
      throw error
    }
  }

  /// The program from the cache, where the driver takes it.
  private func kept(_ key: ProgramKey) -> cl_program? {
    guard let binary = cache?.program(key), let program = loaded(binary, key.options) else {
      return nil
    }
    cached += 1
    return program
  }

  private func loaded(_ binary: [UInt8], _ options: String) -> cl_program? {
    var status: cl_int = 0
    var binaryStatus: cl_int = 0
    var device: cl_device_id? = queue.info.device
    var length = binary.count
    let created = binary.withUnsafeBufferPointer { bytes in
      var start = bytes.baseAddress
      return queue.cl.pointee.clCreateProgramWithBinary(
        queue.context, 1, &device, &length, &start, &binaryStatus, &status)
    }
    guard let program = created else { return nil }
    guard status == CL_SUCCESS, binaryStatus == CL_SUCCESS, build(program, options) == CL_SUCCESS
    else {
      _ = queue.cl.pointee.clReleaseProgram(program)
      return nil
    }
    return program
  }

  private func compiled(_ key: ProgramKey) throws -> cl_program {
    var status: cl_int = 0
    let created = key.source.withCString { text in
      var start: UnsafePointer<CChar>? = text
      return queue.cl.pointee.clCreateProgramWithSource(queue.context, 1, &start, nil, &status)
    }
    let subject = "\(queue.name): \(key.file).cl"
    guard let program = created else {
      throw OpenCLStatus.error(status, "clCreateProgramWithSource", subject)
    }
    status = build(program, key.options)
    guard status == CL_SUCCESS else {
      let log = buildLog(program, subject)
      _ = queue.cl.pointee.clReleaseProgram(program)
      let error = OpenCLStatus.error(status, "clBuildProgram", subject)
      throw DeviceError("\(error)\n\(log.isEmpty ? "nothing" : log)")
    }
    built += 1
    // Some drivers take long to make a binary: not for nothing.
    if let cache, cache.makeFolder(), let binary = binary(of: program) {
      cache.keep(binary, for: key)
    }
    return program
  }

  private func build(_ program: cl_program, _ options: String) -> cl_int {
    var device: cl_device_id? = queue.info.device
    return queue.cl.pointee.clBuildProgram(program, 1, &device, options, nil, nil)
  }

  /// The first lines of what the compiler said.
  private func buildLog(_ program: cl_program, _ subject: String) -> String {
    let log = try? OpenCLProperties("clGetProgramBuildInfo", of: subject) { [queue] in
      queue.cl.pointee.clGetProgramBuildInfo(program, queue.info.device, $0, $1, $2, $3)
    }.lines(CL_PROGRAM_BUILD_LOG)
    return (log ?? []).prefix(12).joined(separator: "\n")
  }

  private func binary(of program: cl_program) -> [UInt8]? {
    var size = 0
    let cl = queue.cl
    guard
      cl.pointee.clGetProgramInfo(
        program, cl_uint(CL_PROGRAM_BINARY_SIZES), MemoryLayout<Int>.size, &size, nil)
        == CL_SUCCESS, size > 0
    else { return nil }
    var bytes = [UInt8](repeating: 0, count: size)
    let status = bytes.withUnsafeMutableBufferPointer { buffer in
      var start = buffer.baseAddress
      return cl.pointee.clGetProgramInfo(
        program, cl_uint(CL_PROGRAM_BINARIES), MemoryLayout<UnsafeMutableRawPointer?>.size, &start,
        nil)
    }
    return status == CL_SUCCESS ? bytes : nil
  }
}
