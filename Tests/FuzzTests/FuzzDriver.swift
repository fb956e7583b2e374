#if FUZZING
  import Foundation

  /// What libFuzzer calls with each input; `tools/fuzz` links the test bundle with its `main`.
  @_cdecl("LLVMFuzzerTestOneInput")
  func fuzzOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    do {
      _ = try ReadingOutcome(
        of: [UInt8](UnsafeBufferPointer(start: bytes, count: count)), by: read)
    } catch {
      fatalError("not an error of ours: \(error)")
    }
    return 0
  }

  /// That of the parser which FUZZ_PARSER names; libFuzzer has one thread.
  nonisolated(unsafe) private let read: FuzzedParser.Read = {
    let name = ProcessInfo.processInfo.environment["FUZZ_PARSER"] ?? ""
    do {
      guard let parser = FuzzedParser.all.first(where: { $0.name == name }) else {
        throw BrokenLaw("no parser \(name)")
      }
      return try parser.prepare()
    } catch {
      fatalError("\(name): \(error)")
    }
  }()
#endif
