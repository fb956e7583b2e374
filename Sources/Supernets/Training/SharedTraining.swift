import Operators
public import Ranks

/// What the ranks that train together tell each other.
extension Trainer {
  /// Adds up the gradients of all ranks, in place, and each subnet's losses; nil where there is one
  /// rank, whose losses are read only where they are asked for.
  ///
  /// It is one sum of one block, which ends with the losses.
  func sumAcrossRanks(_ gradients: Tensor, _ losses: [[Tensor]]) throws -> [Double]? {
    guard !ranks.isAlone else { return nil }
    let (device, count) = (supernet.device, gradients.count)
    if rankSum?.count != count + losses.count {
      rankSum = RankSum(count + losses.count, across: ranks)
    }
    let bytes = count * MemoryLayout<Float>.stride
    try rankSum?.withNumbers { numbers in
      try device.read(
        gradients.storage, at: 0,
        into: UnsafeMutableRawBufferPointer(
          rebasing: UnsafeMutableRawBufferPointer(numbers)[..<bytes]))
      for (index, loss) in losses.enumerated() { numbers[count + index] = Float(try sum(loss)) }
    }
    rankSum?.add()
    return try rankSum?.withNumbers { sums in
      try device.write(
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(sums)[..<bytes]),
        to: gradients.storage, at: 0)
      return sums[count...].map(Double.init)
    }
  }

  /// Every rank goes on from where the first one stands, bit for bit.
  public func followFirstRank() throws {
    guard !ranks.isAlone else { return }
    step = ranks.broadcast(step)
    try supernet.followFirstRank(of: ranks)
    for block in [averaged?.parameters].compactMap(\.self) + moments {
      try supernet.device.follow(block, of: ranks)
    }
  }
}

extension Supernet {
  /// The parameters of the first rank take the place of every other one's.
  public func followFirstRank(of ranks: any Communicator) throws {
    try device.follow(parameters, of: ranks)
  }
}

extension Device {
  fileprivate func follow(_ block: Tensor, of ranks: any Communicator) throws {
    guard !ranks.isAlone else { return }
    var values = try read(block)
    ranks.broadcast(&values)
    if !ranks.isFirst { try write(values, to: block) }
  }
}
