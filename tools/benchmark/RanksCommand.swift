import ArgumentParser
import Estimation
import Ranks
import Terminal

/// How long ranks take to add up a block: what a training step waits for besides its own work.
struct RanksCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ranks",
    abstract: "Times the sum of all ranks' gradients by its size, under mpirun.")

  @Option(help: "The largest block, in numbers.") var most = 1 << 24

  func run() throws {
    try World.join()
    let ranks = World.communicator
    var table = Table(["numbers", "MB", "milliseconds", "GB/s"])
    var count = 1 << 10
    while count <= most {
      let seconds = median(of: count, across: ranks)
      let bytes = Double(count * MemoryLayout<Float>.stride)
      table.rows.append(
        ["\(count)"]
          + [bytes / 1e6, seconds * 1e3, bytes / 1e9 / seconds].map { Readable.significant($0) })
      count *= 4
    }
    if ranks.isFirst { print("\(ranks.size) ranks\n\(table.text)", terminator: "") }
    World.leave()
  }

  /// The middle one of several sums, each begun by all together.
  private func median(of count: Int, across ranks: any Communicator) -> Double {
    var sum = RankSum(count, across: ranks)
    let times = (0..<12).map { _ in
      _ = ranks.broadcast(0)
      let start = ContinuousClock.now
      sum.add()
      return (ContinuousClock.now - start).seconds
    }
    return times.dropFirst(2).sorted()[5]
  }
}
