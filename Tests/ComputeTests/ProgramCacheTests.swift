import ComputeOpenCL
import Foundation
import Testing

/// A program that someone else may have written is not run.
@Suite final class ProgramCacheTests {
  private let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("supernet-programs-\(UUID().uuidString)")
  private let cache: ProgramCache
  private let key = ProgramKey(
    name: "kernels", source: "kernel void f() {}", options: "-w",
    device: DeviceFingerprint(
      platform: "p", platformVersion: "1", name: "n", version: "1", driver: "d"))
  private var path: String { cache.path(key) }

  init() throws {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    cache = ProgramCache(folder: folder.path)
    cache.keep([1, 2, 3], for: key)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  @Test func whatIsKeptIsFound() throws {
    #expect(cache.program(key) == [1, 2, 3])
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
    #expect((mode as? NSNumber)?.intValue == 0o644)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).count == 1)
  }

  @Test(arguments: [0o666, 0o664, 0o646]) func aFileThatOthersMayWriteIsPassedBy(_ mode: mode_t) {
    #expect(chmod(path, mode) == 0)
    #expect(cache.program(key) == nil)
  }

  @Test func someoneElsesFileIsPassedBy() {
    guard geteuid() == 0 else { return print("skipped: giving a file away, for want of root") }
    #expect(chown(path, 4711, 4711) == 0)
    #expect(cache.program(key) == nil)
  }

  @Test func aPipeIsPassedBy() throws {
    try FileManager.default.removeItem(atPath: path)
    #expect(mkfifo(path, 0o600) == 0)
    #expect(cache.program(key) == nil)
  }
}
