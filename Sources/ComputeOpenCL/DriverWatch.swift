import COpenCL
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A queue's calls of its driver, counted on the way in and on the way out.
final class DriverCalls: Sendable {
  /// Odd while a call is under way.
  private let count = Atomic<UInt64>(0)
  let device: String

  init(device: String) { self.device = device }

  @inline(__always)
  func made<Result>(_ call: () throws -> Result) rethrows -> Result {
    advance()
    defer { advance() }
    return try call()
  }

  /// The queue's owner is alone in writing: no locked instruction is wanted.
  @inline(__always)
  private func advance() {
    count.store(count.load(ordering: .relaxed) &+ 1, ordering: .relaxed)
  }

  /// The number of the call under way, if there is one.
  var current: UInt64? {
    let count = count.load(ordering: .relaxed)
    return count % 2 == 1 ? count : nil
  }
}

/// Ends the program with one line when a driver does not come back from a call: a thread that
/// waits for it cannot be taken back.
public enum DriverWatch {
  /// Longer than any one call takes: a program is compiled in seconds, a step done in less.
  public static let limit = Mutex(Duration.seconds(600))

  private struct Seen {
    let calls: DriverCalls
    var number: UInt64?
    var since = ContinuousClock.now
  }

  private static let watched = Mutex<[ObjectIdentifier: Seen]>([:])
  /// Made once.
  private static let thread: Void = {
    var thread = pthread_t()
    pthread_create(&thread, nil, { _ in DriverWatch.watch() }, nil)
    pthread_detach(thread)
  }()

  static func begin(_ calls: DriverCalls) {
    _ = thread
    watched.withLock { $0[ObjectIdentifier(calls)] = Seen(calls: calls) }
  }

  static func end(_ calls: DriverCalls) {
    _ = watched.withLock { $0.removeValue(forKey: ObjectIdentifier(calls)) }
  }

  private static func watch() -> Never {
    while true {
      let limit = limit.withLock { $0 }
      usleep(useconds_t(min(limit / 4, .seconds(5)) / .microseconds(1)))
      if let device = hangingDevice(limit) { giveUp(device, limit) }
    }
  }

  /// A device whose driver has been in one call for longer than the limit.
  private static func hangingDevice(_ limit: Duration) -> String? {
    watched.withLock { watched in
      for (identifier, seen) in watched {
        let number = seen.calls.current
        if number == nil || number != seen.number {
          watched[identifier] = Seen(calls: seen.calls, number: number)
        } else if ContinuousClock.now - seen.since > limit {
          return seen.calls.device
        }
      }
      return nil
    }
  }

  /// Without the driver's own clearing up, which would wait for it too.
  private static func giveUp(_ device: String, _ limit: Duration) -> Never {
    let line =
      "Error: \(device): its driver has not come back from a call for \(limit): it hangs; see `dmesg`, "
      + "restart the driver or the machine, and go on with --resume, or with --device cpu\n"
    _ = line.withCString { write(2, $0, strlen($0)) }
    _exit(1)
  }
}
