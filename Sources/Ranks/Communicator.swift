/// What the processes that work on one thing say to each other: ranks, numbered from 0.
///
/// What all have a part in they all call alike, in the same order, each from one thread, while none
/// sends or receives. Where one fails, the job ends.
public protocol Communicator: Sendable {
  /// This process's number.
  var rank: Int { get }
  /// How many there are.
  var size: Int { get }
  /// Each rank's bytes, as many of every one, in the order of ranks.
  func gather(_ bytes: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer)
  /// Of equal parts of the bytes the n-th goes to rank n; here come those for this one, in the order
  /// of ranks.
  func exchange(_ parts: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer)
  /// Rank 0's bytes take the place of all others'.
  func broadcast(_ bytes: UnsafeMutableRawBufferPointer)
  /// Sends a message to one rank, which may be this one, from any thread.
  func send(_ message: [UInt8], to rank: Int, as channel: Channel)
  /// Waits, asleep, for a rank's next message on a channel, on which one thread waits for it at a time.
  func receive(from rank: Int, as channel: Channel) -> [UInt8]
}

/// Messages of one kind between two ranks, which arrive in the order they were sent.
public enum Channel: Int32, Sendable, CaseIterable {
  case task, answer
}

extension Communicator {
  /// Whether it is the one that writes files and tells what happens.
  public var isFirst: Bool { rank == 0 }
  public var isAlone: Bool { size == 1 }

  // Who is alone has nobody to talk to.
  public func send(_ message: [UInt8], to rank: Int, as channel: Channel) {
    preconditionFailure("\(Self.self) carries no messages")
  }

  public func receive(from rank: Int, as channel: Channel) -> [UInt8] {
    preconditionFailure("\(Self.self) carries no messages")
  }
}

/// One rank that works by itself.
public struct Alone: Communicator {
  public let rank = 0
  public let size = 1

  public init() {}

  public func gather(_ bytes: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {
    all.copyMemory(from: bytes)
  }

  public func exchange(_ parts: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {
    all.copyMemory(from: parts)
  }

  public func broadcast(_ bytes: UnsafeMutableRawBufferPointer) {}
}
