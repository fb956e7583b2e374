import Dispatch
import Synchronization

/// What threads of a rank say to each other, for which nobody need ask again and again.
final class Mailbox: Sendable {
  private let messages = Mutex([Channel: [[UInt8]]]())
  private let arrivals: [Channel: DispatchSemaphore]

  init() {
    arrivals = Dictionary(
      uniqueKeysWithValues: Channel.allCases.map { ($0, DispatchSemaphore(value: 0)) })
  }

  func post(_ message: [UInt8], as channel: Channel) {
    messages.withLock { $0[channel, default: []].append(message) }
    arrivals[channel]?.signal()
  }

  /// Waits for the next message of a channel.
  func collect(_ channel: Channel) -> [UInt8] {
    arrivals[channel]?.wait()
    return messages.withLock { $0[channel, default: []].removeFirst() }
  }
}
