import Compute
import Export
import Terminal

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What training does when its device is lost: it takes it again, and after it was lost several times
/// without a new checkpoint, the fallback that the user named.
struct Recovery {
  /// Seconds to wait before each try: a driver's reset takes some.
  private static let waits: [UInt32] = [1, 3, 10]

  private let folder: RunFolder
  private var fallback: String?
  private let log: RunLog
  private var tries = 0
  private var step: Int?
  /// Whether a device was lost.
  private(set) var isUnderWay = false

  init(_ folder: RunFolder, fallback: String?, log: RunLog) {
    (self.folder, self.fallback, self.log) = (folder, fallback, log)
  }

  /// The device to go on with; throws the error, with how to go on, where there is none.
  mutating func device(after error: DeviceError, _ name: String) throws -> String {
    let kept = try? Checkpoint(readingFrom: folder.checkpoint).step
    if kept != step { tries = 0 }
    step = kept
    let place = kept.map { "step \($0), its last checkpoint" } ?? "the start"
    if tries < Self.waits.count {
      log.tell("\(error)\nTrying it again in \(Self.waits[tries]) s, from \(place).")
      sleep(Self.waits[tries])
      tries += 1
      isUnderWay = true
      return name
    }
    guard let next = fallback, next != name else {
      throw DeviceError(
        "\(error); it did not come back: --resume goes on from \(place), with --device cpu on the processor"
      )
    }
    log.tell("\(error)\nIt did not come back: going on with \(next), from \(place).")
    (fallback, tries) = (nil, 0)
    return next
  }
}
