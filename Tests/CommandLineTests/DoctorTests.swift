import Foundation
import Testing

@Suite struct DoctorTests {
  private struct Finding: Decodable {
    var subject: String
    var state: String
    var text: String
    var advice: String?
  }

  private func findings(_ environment: [String: String] = [:]) throws -> [Finding] {
    let outcome = try Workspace().supernet("doctor", "--json", environment: environment)
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
    return try decode([Finding].self, outcome.output)
  }

  @Test func oneScreenTellsAll() throws {
    let outcome = try Workspace().supernet("doctor")
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.count < 40, "\(outcome)")
    for subject in [
      "version", "processor", "memory", "OpenCL", "device", "caches", "disk", "data set",
    ] {
      #expect(lines.contains { $0.contains("  \(subject) ") }, "\(subject)")
    }
    #expect(!outcome.output.contains("FAILED"))
  }

  @Test func withoutDriversItSaysWhatToInstall() throws {
    let found = try findings([
      "OCL_ICD_VENDORS": "/nonexistent", "OPENCL_VENDOR_PATH": "/nonexistent",
    ])
    let drivers = found.filter { $0.subject == "drivers" || $0.subject == "OpenCL" }
    #expect(drivers.contains { $0.state == "note" && $0.advice != nil }, "\(drivers)")
    #expect(!found.contains { $0.subject == "device" && $0.text.hasPrefix("opencl") })
    #expect(found.contains { $0.subject == "device" && $0.text.hasPrefix("cpu") })
  }

  @Test func cachesOfOthersAreTold() throws {
    let workspace = try Workspace()
    let caches = workspace.url("caches/supernet/programs")
    try FileManager.default.createDirectory(at: caches, withIntermediateDirectories: true)
    let environment = ["XDG_CACHE_HOME": workspace.url("caches").path]
    func finding() throws -> Finding {
      try #require(try findings(environment).first { $0.subject == "caches" })
    }
    #expect(try finding().state == "ok")
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: caches.path)
    let told = try finding()
    #expect(told.state == "note" && told.text.contains("others may write"), "\(told)")
    #expect(told.advice?.contains("chmod") == true)
  }

  @Test func cachesThatCannotBeMadeAreTold() throws {
    let workspace = try Workspace()
    try workspace.write("file", "")
    let found = try findings(["XDG_CACHE_HOME": workspace.url("file").path + "/below"])
    let caches = try #require(found.first { $0.subject == "caches" })
    // Root may write a file, but make nothing below it.
    #expect(caches.state == "note" && caches.text.contains("cannot be made in"), "\(caches)")
  }

  @Test func aDriverFileThatNamesNothingIsTold() throws {
    let workspace = try Workspace()
    try workspace.write("vendors/none.icd", "libnosuchdriver.so.1\n")
    let found = try findings(["OCL_ICD_VENDORS": workspace.url("vendors").path])
    let loader = try #require(found.first { $0.subject == "OpenCL" })
    guard loader.state == "ok" else { return print("skipped: drivers, for want of a loader") }
    #expect(found.contains { $0.text.contains("libnosuchdriver.so.1 does not open") }, "\(found)")
  }
}
