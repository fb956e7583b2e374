import Dispatch
public import Ranks
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ranks that are threads of one process: so what is to hold among ranks is checked where no MPI is.
public struct ThreadRanks: Communicator {
  public let rank: Int
  public var size: Int { meeting.size }
  private let meeting: Meeting

  /// Runs each rank's work in a thread of its own; their results, in the order of ranks.
  ///
  /// What one of them throws is thrown once all have ended, which must not wait for that one.
  public static func run<Value: Sendable>(
    _ size: Int, _ work: @Sendable @escaping (ThreadRanks) throws -> Value
  ) throws -> [Value] {
    let meeting = Meeting(size)
    let results = Mutex([Int: Result<Value, any Error>]())
    let group = DispatchGroup()
    for rank in 0..<size {
      // A serial queue has a thread of its own, however many others are blocked.
      DispatchQueue(label: "rank \(rank)").async(group: group) {
        let result = Result { try work(ThreadRanks(rank: rank, meeting: meeting)) }
        results.withLock { $0[rank] = result }
      }
    }
    group.wait()
    return try results.withLock { results in try (0..<size).compactMap { try results[$0]?.get() } }
  }

  public func gather(_ bytes: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {
    meeting.show(bytes, as: rank) { number, other in
      precondition(other.count == bytes.count, "rank \(number) gives \(other.count) bytes")
      UnsafeMutableRawBufferPointer(rebasing: all[number * bytes.count..<all.count])
        .copyMemory(from: other)
    }
  }

  public func exchange(_ parts: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {
    let part = parts.count / size
    meeting.show(parts, as: rank) { number, other in
      precondition(other.count == parts.count, "rank \(number) gives \(other.count) bytes")
      UnsafeMutableRawBufferPointer(rebasing: all[number * part..<all.count])
        .copyMemory(from: .init(rebasing: other[rank * part..<(rank + 1) * part]))
    }
  }

  public func broadcast(_ bytes: UnsafeMutableRawBufferPointer) {
    meeting.show(UnsafeRawBufferPointer(bytes), as: rank) { number, other in
      guard number == 0, rank != 0 else { return }
      precondition(other.count == bytes.count, "rank 0 gives \(other.count) bytes")
      bytes.copyMemory(from: other)
    }
  }

  public func send(_ message: [UInt8], to rank: Int, as channel: Channel) {
    meeting.post(message, Meeting.Box(from: self.rank, to: rank, channel))
  }

  public func receive(from rank: Int, as channel: Channel) -> [UInt8] {
    meeting.collect(Meeting.Box(from: rank, to: self.rank, channel))
  }
}

/// Where threads wait for each other, show all others what they have, and leave messages.
private final class Meeting: @unchecked Sendable {
  // All of it is touched under the mutex; what is shown is only read between two meetings.
  let size: Int
  private var shown: [UnsafeRawBufferPointer?]
  private var (waiting, round) = (0, 0)
  private var messages: [Box: [[UInt8]]] = [:]
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  struct Box: Hashable {
    var (from, to): (Int, Int)
    var channel: Channel

    init(from: Int, to: Int, _ channel: Channel) {
      (self.from, self.to, self.channel) = (from, to, channel)
    }
  }

  init(_ size: Int) {
    self.size = size
    shown = .init(repeating: nil, count: size)
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_mutex_destroy(mutex)
    pthread_cond_destroy(condition)
    mutex.deallocate()
    condition.deallocate()
  }

  /// Looks at what every rank shows, in their order, while all of it stays as it is.
  func show(
    _ bytes: UnsafeRawBufferPointer, as rank: Int,
    _ look: (_ number: Int, _ bytes: UnsafeRawBufferPointer) -> Void
  ) {
    let all = met { shown[rank] = bytes }
    for (number, bytes) in all.enumerated() { if let bytes { look(number, bytes) } }
    _ = met {}
  }

  func post(_ message: [UInt8], _ box: Box) {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    messages[box, default: []].append(message)
    pthread_cond_broadcast(condition)
  }

  /// Waits for a message.
  func collect(_ box: Box) -> [UInt8] {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while messages[box, default: []].isEmpty { pthread_cond_wait(condition, mutex) }
    return messages[box, default: []].removeFirst()
  }

  /// Waits until all have come; what they then show.
  private func met(_ change: () -> Void) -> [UnsafeRawBufferPointer?] {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    change()
    waiting += 1
    let own = round
    if waiting == size {
      (waiting, round) = (0, round + 1)
      pthread_cond_broadcast(condition)
    }
    while round == own { pthread_cond_wait(condition, mutex) }
    return shown
  }
}
