internal import CMPI
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Ranks that MPI connects, those of its world.
struct MPICommunicator: Communicator {
  let rank: Int
  let size: Int
  /// What this rank says to itself.
  private let own = Mailbox()

  /// Joins the others by way of the first library that is there.
  init(_ launch: Launch) throws {
    let started = launch.size.map { "\($0) processes were started" } ?? "processes were started"
    var (rank, size): (Int32, Int32) = (0, 1)
    var reasons: [String] = []
    for library in launch.libraries {
      guard let reason = ranks_join(library, &rank, &size) else {
        (self.rank, self.size) = (Int(rank), Int(size))
        guard self.size == launch.size ?? self.size else {
          throw LaunchError(
            description: "\(started), but \(library) connects \(size): it is not the MPI of what "
              + "started them, whose library SUPERNET_MPI may name")
        }
        return
      }
      reasons.append(String(cString: reason))
    }
    throw LaunchError(
      description: "\(started), but no MPI connects them (\(reasons.joined(separator: "; "))): "
        + "install Open MPI or MPICH, or name its library in SUPERNET_MPI")
  }

  func gather(_ bytes: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {
    precondition(all.count == size * bytes.count && bytes.count <= Int(Int32.max))
    ranks_gather(bytes.baseAddress, bytes.count, all.baseAddress)
  }

  func exchange(_ parts: UnsafeRawBufferPointer, into all: UnsafeMutableRawBufferPointer) {
    precondition(all.count == parts.count && parts.count / size <= Int(Int32.max))
    ranks_exchange(parts.baseAddress, parts.count / size, all.baseAddress)
  }

  func broadcast(_ bytes: UnsafeMutableRawBufferPointer) {
    ranks_broadcast(bytes.baseAddress, bytes.count)
  }

  func send(_ message: [UInt8], to rank: Int, as channel: Channel) {
    guard rank != self.rank else { return own.post(message, as: channel) }
    precondition(message.count <= Int(Int32.max))
    message.withUnsafeBytes { bytes in
      var sent = RanksMessage()
      Self.calls.withLock { _ in
        ranks_send(bytes.baseAddress, bytes.count, Int32(rank), channel.rawValue, &sent)
      }
      Self.wait { ranks_is_sent(&sent) }
    }
  }

  func receive(from rank: Int, as channel: Channel) -> [UInt8] {
    guard rank != self.rank else { return own.collect(channel) }
    var count: Int32 = -1
    Self.wait {
      count = ranks_probe(Int32(rank), channel.rawValue)
      return count >= 0
    }
    return [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, initialized in
      Self.calls.withLock { _ in
        ranks_receive(buffer.baseAddress, count, Int32(rank), channel.rawValue)
      }
      initialized = Int(count)
    }
  }

  /// Threads take turns: what MPI gives them for themselves is not to be had everywhere.
  private static let calls = Mutex(())

  /// Asks again and again, less and less often; MPI's own waiting keeps a processor busy.
  ///
  /// To ask takes 20 us, most of it for the thread that computes there meanwhile.
  private static func wait(until isDone: () -> Bool) {
    var pause: useconds_t = 20
    while !(calls.withLock { _ in isDone() }) {
      usleep(pause)
      pause = min(5_000, pause * 5 / 4)
    }
  }
}
