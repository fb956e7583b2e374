#if FUZZING
  import Foundation
  import Testing

  /// libFuzzer's loop inside the test process, for `tools/fuzz`; it ends the process.
  ///
  /// FUZZ_PARSER names the parser, FUZZ_ARGUMENTS are libFuzzer's own, parted by line breaks.
  @Suite struct FuzzDriver {
    nonisolated(unsafe) private static var read: FuzzedParser.Read = { _ in }

    @Test func fuzz() throws {
      let environment = ProcessInfo.processInfo.environment
      let name = try #require(environment["FUZZ_PARSER"])
      let parser = try #require(FuzzedParser.all.first { $0.name == name })
      Self.read = try parser.prepare()
      let words = ["fuzz"] + (environment["FUZZ_ARGUMENTS"] ?? "").split(separator: "\n")
      var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup(String($0)) } + [nil]
      var count = Int32(words.count)
      arguments.withUnsafeMutableBufferPointer { buffer in
        var start = buffer.baseAddress
        _ = runFuzzer(&count, &start) { bytes, count in
          let input = [UInt8](UnsafeBufferPointer(start: bytes, count: count))
          do {
            _ = try ReadingOutcome(of: input, by: FuzzDriver.read)
          } catch {
            fatalError("not an error of ours: \(error)")
          }
          return 0
        }
      }
    }
  }

  @_silgen_name("LLVMFuzzerRunDriver")
  private func runFuzzer(
    _ count: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
  ) -> Int32
#endif
