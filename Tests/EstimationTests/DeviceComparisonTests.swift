import Estimation
import Laws
import Search
import Testing

@Suite struct DeviceComparisonTests {
  /// Two devices whose latencies are products of what each option costs: the second pays twice for
  /// kernel 5 in the second stage.
  private func comparison() throws -> DeviceComparison {
    let space = try TinySpaces.elastic.space()
    let chosen = space.randomArchitectures(120, seed: 3)
    let kernel = try #require(space.searchSpace.index(of: "stage2.kernel"))
    let subnets = try chosen.map { architecture in
      let base = architecture.choices.enumerated().reduce(1e-3) { product, choice in
        product * (1 + 0.1 * Double((choice.offset % 3 + 1) * choice.element))
      }
      return DeviceComparison.Subnet(
        architecture: space.text(of: architecture),
        multiplyAdds: try space.cost(of: architecture).multiplyAdds, top1: nil,
        seconds: [base, base * (architecture.choices[kernel] == 1 ? 2 : 1)])
    }
    return DeviceComparison(
      of: chosen, in: space, batch: 1,
      devices: ["one", "two"].map { .init(name: $0, title: $0, isPredicted: false) },
      subnets: subnets)
  }

  @Test func tellsWhatADeviceDislikes() throws {
    let effects = try comparison().effects
    let five = try #require(
      effects.first { $0.dimension == "stage2.kernel" && $0.option == "5" })
    // Of three options one is dear: two thirds of log 2 over their mean, and half of that over the
    // devices' mean.
    #expect(abs(five.againstAverage[1] - 0.26) < 0.05)
    #expect(abs(five.againstAverage[0] + 0.21) < 0.05)
    let other = try #require(effects.first { $0.dimension == "stage1.depth" && $0.option == "2" })
    #expect(abs(other.againstAverage[0]) < 0.02)
    #expect(effects.contains { $0.isKind && $0.dimension == "width" } == false, "other options")
    #expect(effects.contains { $0.isKind && $0.dimension == "depth" && $0.option == "1" })
  }

  @Test func theBestKeepToTheirBudgets() throws {
    let comparison = try comparison()
    #expect(comparison.best.count == 6)
    for best in comparison.best {
      #expect(best.seconds <= best.budgetSeconds && best.elsewhere.count == 1)
      let device = try #require(comparison.devices.firstIndex { $0.name == best.device })
      let fitting = comparison.subnets.filter { $0.seconds[device] <= best.budgetSeconds }
      #expect(abs(Double(fitting.count) / 120 - best.part) < 0.02)
      #expect(fitting.allSatisfy { $0.multiplyAdds <= best.subnet.multiplyAdds })
    }
  }

  @Test func ranksAreCompared() throws {
    let pair = try #require(try comparison().correlations.first)
    #expect(pair.one == "one" && pair.other == "two")
    #expect(pair.kendallTau > 0.4 && pair.kendallTau < 1)
    #expect(RankCorrelation.spearman([1, 2, 3], [10, 20, 30]) == 1)
    #expect(RankCorrelation.spearman([1, 2, 3], [3, 2, 1]) == -1)
    // By hand: ranks 1, 2.5, 2.5, 4 and 1, 3, 2, 4.
    #expect(abs(RankCorrelation.spearman([1, 2, 2, 3], [1, 3, 2, 4]) - 0.948_683_298) < 1e-8)
    #expect(RankCorrelation.spearman([1, 1], [1, 2]) == 0)
  }
}
