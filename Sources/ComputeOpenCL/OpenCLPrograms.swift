import COpenCL
import Compute

/// A device's programs and its kernels: made at first use, then kept.
///
/// CPUs have one program of nearly all files, GPUs one or two for each. On PoCL most of a program's
/// start is reading the standard headers, 50 ms with everything in its cache, and kernels are
/// compiled one by one; GPUs' drivers compile whatever a program holds.
final class OpenCLPrograms {
  /// What is compiled together, and how.
  private struct Unit: Hashable {
    var name: String
    var files: [String]
    var isAligned = false
    var element: Element
  }

  /// Programs compiled from source, and those taken from the cache.
  private(set) var built = 0
  private(set) var cached = 0

  private let queue: OpenCLQueue
  private let cache: ProgramCache?
  private let options: String
  private var programs: [Unit: cl_program] = [:]
  private var functions: [Kernel: OpenCLFunction] = [:]

  init(_ queue: OpenCLQueue, cacheFolder: String?) {
    self.queue = queue
    cache = cacheFolder.map { ProgramCache(folder: $0) }
    let tile = queue.info.tile
    let shape = queue.info.kernelShape == .group ? " -D GROUP" : ""
    options =
      "-cl-std=CL1.2 -cl-denorms-are-zero -w -D V=\(tile.lanes) -D ROWS=\(tile.rows) "
      + "-D COLUMNS=\(tile.columns)\(shape)"
  }

  deinit {
    for program in programs.values { _ = queue.cl.pointee.clReleaseProgram(program) }
  }

  func function(_ kernel: Kernel) throws -> OpenCLFunction {
    if let function = functions[kernel] { return function }
    let function = try newFunction(kernel)
    functions[kernel] = function
    return function
  }

  private func unit(of kernel: Kernel) -> Unit {
    queue.info.kernelShape == .tile && !KernelSources.apart.contains(kernel.file)
      ? Unit(name: "kernels", files: KernelSources.tileFiles, element: kernel.element)
      : Unit(
        name: kernel.file, files: [kernel.file], isAligned: kernel.isAligned,
        element: kernel.element)
  }

  private func program(_ unit: Unit) throws -> cl_program {
    if let program = programs[unit] { return program }
    let key = ProgramKey(
      name: unit.name, source: KernelSources.program(unit.files, for: queue.info.kernelShape),
      options: options + (unit.isAligned ? " -D ALIGNED" : "")
        + (unit.element == .half ? " -D HALVES" : ""),
      device: queue.info.fingerprint)
    let program = try kept(key) ?? compiled(key)
    programs[unit] = program
    return program
  }

  /// A kernel object of the caller's own.
  func newFunction(_ kernel: Kernel) throws -> OpenCLFunction {
    let cl = queue.cl
    let subject = "\(queue.name): kernel \(kernel.function) of \(kernel.file).cl"
    var status: cl_int = 0
    let created = cl.pointee.clCreateKernel(try program(unit(of: kernel)), kernel.function, &status)
    precondition(
      status != CL_INVALID_KERNEL_NAME, "no kernel \(kernel.function) in \(kernel.file).cl")
    guard let handle = created else {
      throw OpenCLStatus.error(status, "clCreateKernel", subject)
    }
    return try OpenCLFunction(handle, of: kernel, on: queue, subject)
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
    let subject = "\(queue.name): program \(key.name)"
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
    return queue.calls.made {
      queue.cl.pointee.clBuildProgram(program, 1, &device, options, nil, nil)
    }
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
