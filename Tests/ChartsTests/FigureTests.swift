import Charts
import Foundation
import Testing

struct FigureTests {
  @Test(arguments: [
    (0.0, 300.0, ["0", "50", "100", "150", "200", "250", "300"]),
    (93.35, 94.41, ["93.4", "93.6", "93.8", "94.0", "94.2", "94.4"]),
    (-2, 0.5, ["-2.0", "-1.5", "-1.0", "-0.5", "0.0", "0.5"]),
  ]) func ticksAreRound(_ low: Double, _ high: Double, _ texts: [String]) {
    #expect(Axis("x", over: low...high).ticks(about: 6).map(\.text) == texts)
  }

  @Test func decadesOfALogarithmicAxis() {
    let axis = Axis("x", over: 0.0003...20, scale: .logarithmic)
    #expect(axis.ticks(about: 6).map(\.text) == ["0.001", "0.01", "0.1", "1", "10"])
    #expect(abs(axis.position(axis.range.lowerBound)) < 1e-9)
    #expect(abs(axis.position(20) - 1) < 1e-9)
  }

  @Test func aRangeOfOnePointIsWidened() {
    let axis = Axis("x", over: 5...5)
    #expect(axis.position(5) == 0.5 && !axis.ticks(about: 6).isEmpty)
    #expect(Axis("x", over: 0...0, scale: .logarithmic).range.lowerBound > 0)
  }

  /// Well-formed, with every series in its own stroke, and hostile names harmless.
  @Test func aFigureIsXML() throws {
    let names = (0..<20).map { $0 == 3 ? "<a & \"b\">" : "series \($0)" }
    let series = names.enumerated().map { number, name in
      LineChart.Series(
        name, (0..<1000).map { .init(x: Double($0), y: Double($0 * number), spread: 1) })
    }
    let chart = LineChart(x: Axis("x", over: 0...1000), y: Axis("y", over: 0...9e9), series)
    let svg = Figure("title", [chart, chart]).svg
    #expect(svg.hasPrefix("<svg xmlns=\"http://www.w3.org/2000/svg\""))
    #expect(svg.contains("&lt;a &amp; &quot;b&quot;&gt;") && !svg.contains("<a &"))
    #expect(svg.components(separatedBy: "<polyline").count == 1 + 40)
    #expect(svg.components(separatedBy: "<g").count == svg.components(separatedBy: "</g>").count)
    let lines = svg.components(separatedBy: "<polyline").dropFirst().map {
      $0.components(separatedBy: "/>")[0].components(separatedBy: "fill=").last ?? ""
    }
    #expect(Set(lines).count == 20, "each series has a stroke of its own, in both charts")
    #expect(svg.utf8.count < 1_000_000, "points that nobody sees are left out")
  }
}
