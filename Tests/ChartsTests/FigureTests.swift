import Charts
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

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

  /// Whatever the marks and the numbers: inside of the frame, in both schemes, named in the legend.
  @Test(arguments: [LineChart.Mark.line, .reference, .dot, .diamond])
  func everyMarkLiesInsideTheFigure(_ mark: LineChart.Mark) throws {
    let points = (0..<9).map { LineChart.Point(x: Double($0), y: Double($0 * $0) - 20) }
    let chart = LineChart(
      x: Axis("x (ms)", fitting: points.map(\.x), fromZero: true),
      y: Axis("y (%)", fitting: points.map(\.y)), [.init("its name", points, mark)])
    let elements = try XMLElements(of: Figure("title", [chart]).svg(id: "one")).all
    let root = try #require(elements.first)
    let size = try #require(root.attributes["viewBox"]).split(separator: " ").compactMap {
      Double($0)
    }
    var places: [(x: Double, y: Double)] = []
    for element in elements {
      if let x = element.attributes["cx"].flatMap(Double.init),
        let y = element.attributes["cy"].flatMap(Double.init)
      {
        places.append((x, y))
      }
      for pair in element.attributes["points"]?.split(separator: " ") ?? [] {
        let numbers = pair.split(separator: ",").compactMap { Double($0) }
        places.append((numbers[0], numbers[1]))
      }
    }
    #expect(places.count >= points.count)
    #expect(places.allSatisfy { (0...size[2]).contains($0.x) && (0...size[3]).contains($0.y) })
    let texts = elements.map(\.text)
    for text in ["its name", "x (ms)", "y (%)", "title"] { #expect(texts.contains(text)) }
    #expect(root.attributes["aria-labelledby"] == "one-title one-about")
    #expect(elements.contains { $0.name == "desc" && $0.attributes["id"] == "one-about" })
    #expect(elements.contains { $0.name == "style" && $0.text.contains("prefers-color-scheme") })
  }

  @Test func hostileTextStaysText() throws {
    let text = "</title><script>alert('1')</script>\u{0}\u{1B}&amp;\"<!--"
    let chart = LineChart(
      x: Axis(text, over: 0...1), y: Axis(text, over: 0...1), [.init(text, [.init(x: 0, y: 0)])])
    let elements = try XMLElements(of: Figure(text, [chart]).svg).all
    #expect(!elements.contains { $0.name == "script" })
    let harmless = text.replacing("\u{0}", with: "\u{FFFD}").replacing("\u{1B}", with: "\u{FFFD}")
    #expect(elements.count { $0.text == harmless } == 5)
  }
}

/// The elements of an XML text in order; not well-formed text is an error.
final class XMLElements: NSObject, XMLParserDelegate {
  struct Element {
    var name: String
    var attributes: [String: String]
    var text = ""
  }

  private(set) var all: [Element] = []
  private var open: [Int] = []

  init(of text: String) throws {
    super.init()
    let parser = XMLParser(data: Data(text.utf8))
    parser.delegate = self
    guard parser.parse() else { throw parser.parserError ?? CocoaError(.fileReadCorruptFile) }
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    open.append(all.count)
    all.append(Element(name: name, attributes: attributes))
  }

  func parser(_ parser: XMLParser, foundCharacters text: String) {
    if let last = open.last { all[last].text += text }
  }

  func parser(
    _ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?
  ) { _ = open.popLast() }
}
