/// What the processes that work on one thing say to each other: ranks, numbered from 0.
///
/// All of them call each of these alike, in the same order; where one fails, the job ends. Calls come
/// from one thread at a time.
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
}

extension Communicator {
  /// Whether it is the one that writes files and tells what happens.
  public var isFirst: Bool { rank == 0 }
  public var isAlone: Bool { size == 1 }
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
