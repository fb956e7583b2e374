#if MPI
  internal import CMPI

  /// Ranks that MPI connects, those of its world.
  struct MPICommunicator: Communicator {
    let rank: Int
    let size: Int

    init() {
      var (rank, size): (Int32, Int32) = (0, 1)
      ranks_join(&rank, &size)
      (self.rank, self.size) = (Int(rank), Int(size))
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
  }
#endif
