import Compute
import ComputeOpenCL
import Foundation
import Laws
import Testing

@Suite struct OpenCLTests {
  @Test func operatorsHoldTheirLawsOnEveryOpenCLDevice() throws {
    let devices = DeviceSelector.all().devices.dropFirst()
    if devices.isEmpty { print("skipped: no OpenCL device to check") }
    for description in devices {
      let device = try DeviceSelector.open(description.identifier).device
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

  /// A compiled program is kept, used again, and never trusted once it is damaged.
  @Test func programsAreCachedAndDamagedOnesRebuilt() throws {
    guard let info = OpenCLPlatforms.discover().devices.first else {
      return print("skipped: no OpenCL device to cache programs for")
    }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
      "supernet-programs-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    func start() throws -> (built: Int, cached: Int) {
      let device = try OpenCLDevice(info, cacheFolder: folder.path)
      let tensor = try device.empty([3])
      let partial = try device.tensor([1, 2, 3, 4, 5, 6], [2, 3])
      try device.launch(
        Kernel("reduce", "sum_rows"), items: 1,
        [.tensor(partial), .tensor(tensor), .int(2), .int(3), .int(2)])
      #expect(try device.read(tensor) == [5, 7, 9])
      return (device.builtPrograms, device.cachedPrograms)
    }
    #expect(try start() == (1, 0))
    #expect(try start() == (0, 1))
    let entries = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    let entry = folder.appendingPathComponent(try #require(entries.first))
    let whole = try Data(contentsOf: entry)
    for damage in 0..<4 {
      var bytes = whole
      switch damage {
      case 0: bytes[bytes.count / 2] ^= 0x40
      case 1: bytes[3] ^= 1
      case 2: bytes = bytes.prefix(bytes.count - 7)
      default: bytes = Data()
      }
      try bytes.write(to: entry)
      #expect(try start() == (1, 0), "damage \(damage)")
      #expect(try start() == (0, 1), "damage \(damage)")
    }
  }
}
