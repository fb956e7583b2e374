import ComputeOpenCL
import Laws
import Testing

@Suite struct GroupKernelTests {
  /// What GPUs run, on processors: there is always one to test on.
  @Test func groupKernelsHoldTheirLawsOnEveryOpenCLProcessor() throws {
    let processors = OpenCLPlatforms.discover().devices.filter { $0.kernelShape == .tile }
    if processors.isEmpty { print("skipped: no OpenCL CPU device to check group kernels on") }
    for info in processors {
      let device = try OpenCLDevice(info.withGroupKernels())
      #expect(device.kernelShape == .group)
      for (name, testCase) in OperatorLaws.quickCases {
        let violations = try OperatorLaws.violations(of: name, testCase, on: device)
        #expect(violations.isEmpty, "\(violations)")
      }
      for (name, optimizer) in OptimizerLaws.cases {
        let violations = try OptimizerLaws.violations(of: name, optimizer, on: device)
        #expect(violations.isEmpty, "\(violations)")
      }
    }
  }
}
