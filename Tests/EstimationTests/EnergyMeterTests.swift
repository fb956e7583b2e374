import Foundation
import Estimation
import Testing

@Suite struct EnergyMeterTests {
  private func folder(_ files: [String: String]) throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("supernet-energy-\(UUID().uuidString)")
    for (name, text) in files {
      let file = folder.appendingPathComponent(name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    return folder
  }

  @Test func packagesAreAddedAndCountersBeginAnew() throws {
    let folder = try folder([
      "intel-rapl:0/energy_uj": "1000000\n", "intel-rapl:0/max_energy_range_uj": "5000000\n",
      "intel-rapl:1/energy_uj": "4900000\n", "intel-rapl:1/max_energy_range_uj": "5000000\n",
      "intel-rapl:1:0/energy_uj": "77\n", "intel-rapl/enabled": "1\n",
    ])
    defer { try? FileManager.default.removeItem(at: folder) }
    let meter = try #require(EnergyMeter(folder: folder.path))
    let before = try #require(meter.joules())
    try Data("1500000\n".utf8).write(to: folder.appendingPathComponent("intel-rapl:0/energy_uj"))
    try Data("300000\n".utf8).write(to: folder.appendingPathComponent("intel-rapl:1/energy_uj"))
    #expect(abs(try #require(meter.joules(since: before)) - 0.9) < 1e-9)
  }

  @Test func whatIsNotToldIsNotMadeUp() throws {
    #expect(EnergyMeter(folder: "/nowhere") == nil)
    let folder = try folder(["intel-rapl:0/name": "package-0\n"])
    defer { try? FileManager.default.removeItem(at: folder) }
    #expect(EnergyMeter(folder: folder.path) == nil)
  }
}
