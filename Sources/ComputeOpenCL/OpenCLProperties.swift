import COpenCL
import Compute

/// One of OpenCL's `clGet...Info` calls, bound to the object it asks about.
struct OpenCLProperties {
  typealias Query = (
    _ name: cl_uint, _ size: Int, _ value: UnsafeMutableRawPointer?,
    _ needed: UnsafeMutablePointer<Int>?
  ) -> cl_int

  let call: StaticString
  let subject: String
  let query: Query

  init(_ call: StaticString, of subject: String, _ query: @escaping Query) {
    self.call = call
    self.subject = subject
    self.query = query
  }

  /// Text on one line, without the blanks and terminators that drivers pad it with.
  func text(_ name: cl_int) throws -> String {
    try string(name).split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }

  /// Text of several lines, without the empty ones.
  func lines(_ name: cl_int) throws -> [Substring] {
    try string(name).split(whereSeparator: \.isNewline)
  }

  private func string(_ name: cl_int) throws -> String {
    var size = 0
    try OpenCLStatus.check(query(cl_uint(name), 0, nil, &size), call, subject)
    var bytes = [UInt8](repeating: 0, count: size)
    try OpenCLStatus.check(query(cl_uint(name), size, &bytes, nil), call, subject)
    return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }

  /// A number of exactly the type that the property has.
  func number<Number: FixedWidthInteger>(_ name: cl_int, as type: Number.Type) throws -> Number {
    var value: Number = 0
    try OpenCLStatus.check(
      query(cl_uint(name), MemoryLayout<Number>.size, &value, nil), call, subject)
    return value
  }
}

extension OpenCLProperties {
  static func platform(
    _ platform: cl_platform_id, _ subject: String, _ cl: UnsafePointer<opencl_table>
  ) -> OpenCLProperties {
    OpenCLProperties("clGetPlatformInfo", of: subject) {
      cl.pointee.clGetPlatformInfo(platform, $0, $1, $2, $3)
    }
  }

  static func device(
    _ device: cl_device_id, _ subject: String, _ cl: UnsafePointer<opencl_table>
  ) -> OpenCLProperties {
    OpenCLProperties("clGetDeviceInfo", of: subject) {
      cl.pointee.clGetDeviceInfo(device, $0, $1, $2, $3)
    }
  }
}
