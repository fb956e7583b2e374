import Operators

/// What the ranks that train together tell each other.
extension Trainer {
  /// Adds up the gradients of all ranks, in place, and each subnet's losses; nil where there is one
  /// rank, whose losses are read only where they are asked for.
  ///
  /// It is one sum of one block, which ends with the losses.
  func sumAcrossRanks(_ gradients: Tensor, _ losses: [[Tensor]]) throws -> [Double]? {
    guard !ranks.isAlone else { return nil }
    let device = supernet.device
    var block = try device.read(gradients)
    block += try losses.map { Float(try sum($0)) }
    ranks.sum(&block)
    let sums = block[gradients.count...].map(Double.init)
    block.removeLast(losses.count)
    try device.write(block, to: gradients)
    return sums
  }

  /// Every rank goes on from where the first one stands, bit for bit.
  public func followFirstRank() throws {
    guard !ranks.isAlone else { return }
    step = ranks.broadcast(step)
    for block in [supernet.parameters, averaged?.parameters].compactMap(\.self) + moments {
      var values = try supernet.device.read(block)
      ranks.broadcast(&values)
      if !ranks.isFirst { try supernet.device.write(values, to: block) }
    }
  }
}
