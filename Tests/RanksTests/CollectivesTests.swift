import Laws
import Ranks
import Testing

/// What ranks tell each other, whoever carries it.
@Suite struct CollectivesTests {
  @Test(arguments: 1...5) func everyRankGetsAllInOrder(_ size: Int) throws {
    let gathered = try ThreadRanks.run(size) { $0.gathered([$0.rank, 10 + $0.rank]) }
    let all = (0..<size).flatMap { rank in [rank, 10 + rank] }
    #expect(gathered == Array(repeating: all, count: size))
    let broadcast = try ThreadRanks.run(size) { $0.broadcast(7 + $0.rank) }
    #expect(broadcast == Array(repeating: 7, count: size))
  }

  @Test(arguments: 1...4) func messagesOfAnyLengthAreGathered(_ size: Int) throws {
    let gathered = try ThreadRanks.run(size) { ranks in
      ranks.gatheredMessages([UInt8](repeating: UInt8(ranks.rank), count: 3 * ranks.rank))
    }
    let expected = (0..<size).map { [UInt8](repeating: UInt8($0), count: 3 * $0) }
    #expect(gathered == Array(repeating: expected, count: size))
  }

  @Test func messagesArriveInTheirOrderOnTheirChannel() throws {
    let received = try ThreadRanks.run(3) { ranks -> [[UInt8]] in
      for other in 0..<3 {
        ranks.send([UInt8(ranks.rank), 1], to: other, as: .task)
        ranks.send([], to: other, as: .answer)
        ranks.send([UInt8(ranks.rank), 2], to: other, as: .task)
      }
      return (0..<3).flatMap { other in
        [ranks.receive(from: other, as: .answer)]
          + (0..<2).map { _ in ranks.receive(from: other, as: .task) }
      }
    }
    let expected: [[UInt8]] = (0..<3).flatMap { [[], [UInt8($0), 1], [UInt8($0), 2]] }
    #expect(received == Array(repeating: expected, count: 3))
  }

  /// Rank by rank, whatever part of the numbers a rank adds up, and whatever is left over.
  @Test(arguments: 1...5, [1, 2, 7, 1_000]) func sumsAreInTheOrderOfRanks(
    _ size: Int, _ count: Int
  ) throws {
    // Terms of very unlike size: another order gives other bits.
    @Sendable func values(of rank: Int) -> [Float] {
      (0..<count).map { Float(1 + ($0 * 37 + rank * 101) % 97) / 7 * (rank % 2 == 0 ? 1 : 3e5) }
    }
    var expected = values(of: 0)
    for rank in 1..<max(size, 1) {
      for (i, value) in values(of: rank).enumerated() { expected[i] += value }
    }
    let sums = try ThreadRanks.run(size) { ranks in
      var sum = RankSum(count, across: ranks)
      return (0..<2).map { _ in
        sum.withNumbers { numbers in
          for (i, value) in values(of: ranks.rank).enumerated() { numbers[i] = value }
        }
        sum.add()
        return sum.withNumbers { Array($0) }
      }
    }
    // Once more in the same memory.
    #expect(sums == Array(repeating: [expected, expected], count: size))
  }

  @Test func aProcessThatNobodyLaunchedIsAlone() {
    #expect(World.communicator.isAlone && World.communicator.isFirst)
    #expect(World.placement == Placement())
  }

  @Test func ranksOfTheSameProcessorsShareThem() throws {
    #expect(Placement(localRank: 1, sharers: 2).share(of: 8) == 4)
    #expect(Placement(localRank: 3, sharers: 4).share(of: 2) == 1)
  }
}
