/// Charts side by side under one title, over one legend: an SVG to look at in any browser.
public struct Figure: Sendable {
  public let title: String
  /// Their series are the same, in the same order.
  public let charts: [LineChart]

  /// What is to be seen, for those who do not see it.
  public let description: String

  public init(_ title: String, _ charts: [LineChart], description: String? = nil) {
    self.title = title
    self.charts = charts
    self.description =
      description
      ?? charts.map { chart in
        "\(chart.y.label) against \(chart.x.label): "
          + chart.series.map(\.name).joined(separator: ", ")
      }.joined(separator: "; ")
  }

  private static let chartWidth = 500.0
  private static let chartHeight = 340.0
  private static let titleHeight = 34.0
  private static let legendColumn = 190.0
  private static let legendRow = 18.0

  /// A file of its own.
  public var svg: String { svg(id: "figure") }

  /// - Parameter id: begins the names inside, so that several figures may stand in one page.
  public func svg(id: String) -> String {
    let series = charts.first?.series ?? []
    let width = Self.chartWidth * Double(max(charts.count, 1))
    let columns = max(1, Int((width - 62) / Self.legendColumn))
    let rows = (series.count + columns - 1) / columns
    let height =
      Self.titleHeight + Self.chartHeight + Self.legendRow * Double(rows) + 16
    let size = (Frame.text(width), Frame.text(height))
    var root = SVGElement(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "class": "figure", "role": "img",
        "aria-labelledby": "\(id)-title \(id)-about", "viewBox": "0 0 \(size.0) \(size.1)",
        "width": size.0, "height": size.1, "font-family": "Helvetica, Arial, sans-serif",
        "font-size": "12", "fill": "#222222",
      ])
    root.append(SVGElement("title", ["id": "\(id)-title"], text: title))
    root.append(SVGElement("desc", ["id": "\(id)-about"], text: description))
    root.append(.style(Stroke.darkScheme))
    root.append(
      Frame(x: 0, y: 0, width: width, height: height).element([
        "class": "paper", "fill": "#ffffff",
      ]))
    root.append(
      SVGElement(
        "text",
        [
          "x": Frame.text(width / 2), "y": "22", "text-anchor": "middle", "font-size": "14",
          "font-weight": "bold",
        ], text: title))
    for (index, chart) in charts.enumerated() {
      let frame = Frame(
        x: Self.chartWidth * Double(index), y: Self.titleHeight, width: Self.chartWidth,
        height: Self.chartHeight)
      root.append(chart.element(at: frame, name: "\(id)-plot\(index + 1)"))
    }
    for (index, entry) in series.enumerated() {
      // Down the columns, so that the order reads as in a table.
      let (column, row) = (index / max(rows, 1), index % max(rows, 1))
      for element in key(
        entry, entry.stroke(index), x: 62 + Self.legendColumn * Double(column),
        y: Self.titleHeight + Self.chartHeight + Self.legendRow * Double(row) + 10)
      {
        root.append(element)
      }
    }
    return root.text + "\n"
  }

  private func key(
    _ series: LineChart.Series, _ stroke: Stroke, x: Double, y: Double
  ) -> [SVGElement] {
    let label = Frame.label(series.name, x + 32, y + 4, "start")
    switch series.mark {
    case .dot: return [.dot(x + 13, y, stroke), label]
    case .diamond: return [.diamond(x + 13, y, stroke), label]
    case .line, .reference: break
    }
    return [
      SVGElement(
        "line",
        [
          "x1": Frame.text(x), "y1": Frame.text(y), "x2": Frame.text(x + 26), "y2": Frame.text(y),
          "class": stroke.lineClass, "stroke": stroke.colour, "stroke-width": "2.5",
          "stroke-dasharray": stroke.dash,
        ]), label,
    ]
  }
}
