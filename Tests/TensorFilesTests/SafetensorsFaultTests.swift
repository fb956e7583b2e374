import TensorFiles
import Testing

/// Headers that a hostile or broken writer might make, and what is said about each.
@Suite struct SafetensorsFaultTests {
  struct Fault: CustomTestStringConvertible, Sendable {
    let header: String
    var dataCount = 8
    let message: String
    var testDescription: String { message }
  }

  private static let faults: [Fault] = [
    Fault(header: "", message: "no '{'"),
    Fault(header: "[]", message: "no '{'"),
    Fault(header: "{} {}", message: "bytes after its end"),
    Fault(header: "{", message: "no '\"'"),
    Fault(header: #"{"a"#, message: "no end"),
    Fault(header: #"{"a":1}"#, message: "no '{'"),
    Fault(header: "{}", message: "goes on after its last tensor"),
    Fault(header: one(#""dtype":"F8","shape":[8],"data_offsets":[0,8]"#), message: "unknown dtype"),
    Fault(header: one(#""dtype":"F32","shape":[2]"#), message: "lacks dtype"),
    Fault(
      header: one(#""dtype":"F32","shape":[2],"data_offsets":[0,8],"x":"y""#),
      message: "stray or repeated key 'x'"),
    Fault(
      header: one(#""dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]"#),
      message: "stray or repeated key 'dtype'"),
    Fault(header: f32("[3]", "[0,8]"), message: "cannot have 8 bytes"),
    Fault(header: f32("[-2]", "[0,8]"), message: "whole number"),
    Fault(header: f32("[2.0]", "[0,8]"), message: "no ']'"),
    Fault(header: f32("[99999999999999999999]", "[0,8]"), message: "beyond 64 bits"),
    Fault(
      header: f32("[4611686018427387904,4611686018427387904]", "[0,0]"), message: "cannot have"),
    Fault(header: f32("[2]", "[8,0]"), message: "impossible data_offsets"),
    Fault(header: f32("[2]", "[0,8,9]"), message: "impossible data_offsets"),
    Fault(header: f32("[1]", "[4,8]"), message: "follows a hole"),
    Fault(header: f32("[2]", "[0,8]"), dataCount: 4, message: "is truncated"),
    Fault(
      header: f32("[2305843009213693951]", "[0,9223372036854775804]"), message: "is truncated"),
    Fault(
      header: f32("[1]", "[9223372036854775803,9223372036854775807]"), message: "follows a hole"),
    Fault(header: two("a", "[0,4]", "b", "[0,4]"), message: "overlaps"),
    Fault(header: two("a", "[0,4]", "a", "[4,8]"), message: "used twice"),
    Fault(header: two("a", "[0,4]", "\\u0061", "[4,8]"), message: "used twice"),
    Fault(header: #"{"__metadata__":{"k":1}}"#, message: "no '\"'"),
    Fault(header: #"{"__metadata__":{"k":"1","k":"2"}}"#, message: "metadata has 'k' twice"),
    Fault(header: #"{"\ud834":{}}"#, message: "half a surrogate pair"),
    Fault(header: #"{"\q":{}}"#, message: "unknown escape"),
    Fault(header: "{\"\n\":{}}", message: "control character"),
  ]

  private static func one(_ entry: String) -> String { "{\"a\":{\(entry)}}" }

  private static func f32(_ shape: String, _ offsets: String) -> String {
    one("\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":\(offsets)")
  }

  private static func two(
    _ one: String, _ range: String, _ other: String, _ otherRange: String
  ) -> String {
    let start = "{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":"
    return "{\"\(one)\":\(start)\(range)},\"\(other)\":\(start)\(otherRange)}}"
  }

  @Test(arguments: faults) func isTold(_ fault: Fault) {
    let length = withUnsafeBytes(of: UInt64(fault.header.utf8.count)) { [UInt8]($0) }
    let data = [UInt8](repeating: 0, count: fault.dataCount)
    let error = #expect(throws: FileError.self) {
      try SafetensorsFile(
        decoding: length + Array(fault.header.utf8) + data, source: "x.safetensors")
    }
    #expect(error?.description.contains(fault.message) == true, "\(error?.description ?? "")")
    #expect(error?.description.hasPrefix("x.safetensors: not a valid safetensors file: ") == true)
  }

  @Test func textThatIsNotUnicodeIsTold() {
    let header = Array("{\"".utf8) + [0xFF] + Array("\":{}}".utf8)
    let error = #expect(throws: FileError.self) {
      try SafetensorsFile(decoding: [UInt8(header.count), 0, 0, 0, 0, 0, 0, 0] + header)
    }
    #expect(error?.problem.contains("not UTF-8") == true)
  }

  @Test func aHeaderLargerThanTheFileIsTold() {
    let error = #expect(throws: FileError.self) {
      try SafetensorsFile(decoding: [UInt8](repeating: 0xFF, count: 8) + Array("{}".utf8))
    }
    #expect(error?.problem.contains("18446744073709551615 bytes does not fit") == true)
  }
}
