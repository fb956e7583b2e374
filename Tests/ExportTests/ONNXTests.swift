import Compute
import Laws
import Testing

@Suite struct ONNXTests {
  @Test(arguments: TinySpaces.all)
  func aModelAnswersAsItsNetwork(_ entry: TinySpaces.Entry) throws {
    let violations = try ExportLaws.onnxViolations(
      of: try entry.space(), on: try NativeDevice(threads: 1))
    #expect(violations.isEmpty, "\(violations)")
  }
}
