import Compute
import Laws
import Operators
import Testing

@Suite struct OperatorTests {
  @Test(arguments: NativeDevice.instructionSets)
  func operatorsHoldTheirLaws(on instructionSet: String) throws {
    let device = try NativeDevice(threads: 2, instructionSet: instructionSet)
    for (name, testCase) in OperatorLaws.cases {
      let violations = try OperatorLaws.violations(of: name, testCase, on: device)
      #expect(violations.isEmpty, "\(violations)")
    }
    for (name, optimizer) in OptimizerLaws.cases {
      let violations = try OptimizerLaws.violations(of: name, optimizer, on: device)
      #expect(violations.isEmpty, "\(violations)")
    }
  }
}
