#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

import Compute
import Estimation

extension Group {
  static let start = Group(
    name: "start", summary: "from the start of a process to the end of its first step"
  ) {
    [
      Benchmark("sandwich step, compiled programs in no cache, then in one") { bench in
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(atPath: folder) }
        // What OpenCL drivers and we ourselves keep compiled programs in.
        let caches = [
          "XDG_CACHE_HOME": folder, "POCL_CACHE_DIR": folder + "/pocl",
          "CUDA_CACHE_PATH": folder + "/cuda",
        ]
        var arguments = ["serve", "sandwich", "--device", bench.device]
        if let threads = bench.threads { arguments += ["--threads", "\(threads)"] }
        let cold = try Child.seconds(arguments, adding: caches)
        let cached = try (0..<3).map { _ in try Child.seconds(arguments, adding: caches) }
        var row = Row(Samples(seconds: cached))
        row.detail = "cold \(Int((cold * 1e3).rounded())) ms"
        return row
      }
    ]
  }

  private static func temporaryFolder() throws -> String {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/supernet-benchmark-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw DeviceError("\(parent): cannot make a folder for the cold start's caches")
    }
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
  }
}

/// This program again, in a process of its own.
enum Child {
  /// How long it runs with nothing on standard input.
  static func seconds(_ arguments: [String], adding variables: [String: String]) throws -> Double {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    var words = (["benchmark"] + arguments).map { strdup($0) } + [nil]
    let environment = ProcessInfo.processInfo.environment.merging(variables) { $1 }
    var settings = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { (words + settings).forEach { free($0) } }
    var process: pid_t = 0
    let start = ContinuousClock.now
    guard posix_spawn(&process, "/proc/self/exe", &actions, nil, &words, &settings) == 0 else {
      throw DeviceError("this program could not be started again")
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    guard status == 0 else { throw DeviceError("\(arguments.joined(separator: " ")): failed") }
    return (ContinuousClock.now - start).seconds
  }
}
