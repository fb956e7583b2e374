import Terminal

/// Lines, each with the spread around it, and clouds of points over one pair of axes.
public struct LineChart: Sendable {
  public struct Point: Sendable, Equatable {
    public let x, y: Double
    /// How far from `y` the spread reaches, up and down.
    public let spread: Double

    public init(x: Double, y: Double, spread: Double = 0) {
      self.x = x
      self.y = y
      self.spread = spread
    }
  }

  /// How the points of a series are shown.
  public enum Mark: Sendable {
    /// Joined by a line.
    case line
    /// Joined by a grey line: what the others are to be compared with.
    case reference
    /// A cloud.
    case dot
    /// Few, which stand out.
    case diamond

    var isLine: Bool { self == .line || self == .reference }
  }

  public struct Series: Sendable {
    public let name: String
    /// In ascending order of `x`, if they are joined.
    public let points: [Point]
    public let mark: Mark

    public init(_ name: String, _ points: [Point], _ mark: Mark = .line) {
      self.name = name
      self.points = points
      self.mark = mark
    }

    /// How a figure's series of this place is drawn.
    func stroke(_ index: Int) -> Stroke { mark == .reference ? .reference : Stroke(of: index) }
  }

  public let x, y: Axis
  public let series: [Series]

  public init(x: Axis, y: Axis, _ series: [Series]) {
    self.x = x
    self.y = y
    self.series = series
  }

  /// More points than this are not seen.
  private static let pointLimit = 240

  /// Draws into a rectangle of which it fills all but the margins for ticks and labels.
  ///
  /// - Parameter name: tells the clipping of one chart of a figure from another's.
  func element(at frame: Frame, name: String) -> SVGElement {
    let plot = plot(in: frame)
    var group = SVGElement("g", [:])
    var clip = SVGElement("clipPath", ["id": name])
    clip.append(plot.element([:]))
    group.append(clip)
    for line in grid(plot) { group.append(line) }
    var lines = SVGElement("g", ["clip-path": "url(#\(name))"])
    let visible = series.map {
      $0.mark.isLine ? Series($0.name, Self.thinned($0.points), $0.mark) : $0
    }
    for (index, series) in visible.enumerated()
    where series.points.contains(where: { $0.spread > 0 }) {
      lines.append(band(series.points, Stroke(of: index), plot))
    }
    for (index, series) in visible.enumerated() {
      let stroke = series.stroke(index)
      guard series.mark.isLine else {
        for point in series.points { lines.append(mark(point, series.mark, stroke, plot)) }
        continue
      }
      let points = series.points.map { place($0.x, $0.y, plot) }.joined(separator: " ")
      lines.append(
        SVGElement(
          "polyline",
          [
            "class": stroke.lineClass, "points": points, "fill": "none",
            "stroke": stroke.colour, "stroke-width": series.mark == .line ? "1.8" : "1.2",
            "stroke-dasharray": stroke.dash, "stroke-linejoin": "round",
          ]))
    }
    group.append(lines)
    return group
  }

  /// What a frame leaves beside the ticks and labels.
  func plot(in frame: Frame) -> Frame { frame.inset(left: 62, right: 14, top: 10, bottom: 46) }

  /// Keeps the first, the last, and some of those between.
  private static func thinned(_ points: [Point]) -> [Point] {
    guard points.count > pointLimit else { return points }
    return (0..<pointLimit).map { points[$0 * (points.count - 1) / (pointLimit - 1)] }
  }

  private func place(_ x: Double, _ y: Double, _ plot: Frame) -> String {
    plot.point(self.x.position(x), self.y.position(y))
  }

  private func mark(
    _ point: Point, _ mark: Mark, _ stroke: Stroke, _ plot: Frame
  ) -> SVGElement {
    let place = plot.place(x.position(point.x), y.position(point.y))
    return mark == .dot ? .dot(place.x, place.y, stroke) : .diamond(place.x, place.y, stroke)
  }

  private func band(_ points: [Point], _ stroke: Stroke, _ plot: Frame) -> SVGElement {
    let upper = points.map { place($0.x, $0.y + $0.spread, plot) }
    let lower = points.reversed().map { place($0.x, $0.y - $0.spread, plot) }
    return SVGElement(
      "polygon",
      [
        "class": stroke.fillClass, "points": (upper + lower).joined(separator: " "),
        "fill": stroke.colour,
        "fill-opacity": series.count > 6 ? "0.05" : "0.15",
      ])
  }

  /// Lines at the ticks, their numbers, the frame and the labels.
  private func grid(_ plot: Frame) -> [SVGElement] {
    var elements: [SVGElement] = []
    func add(_ from: (Double, Double), _ to: (Double, Double)) {
      let (start, end) = (plot.place(from.0, from.1), plot.place(to.0, to.1))
      elements.append(
        SVGElement(
          "line",
          [
            "x1": Frame.text(start.x), "y1": Frame.text(start.y), "x2": Frame.text(end.x),
            "y2": Frame.text(end.y), "class": "grid", "stroke": "#dddddd",
          ]))
    }
    for tick in x.ticks(about: 6) {
      let position = x.position(tick.value)
      add((position, 0), (position, 1))
      let place = plot.place(position, 0)
      elements.append(Frame.label(tick.text, place.x, place.y + 16, "middle"))
    }
    for tick in y.ticks(about: 6) {
      let position = y.position(tick.value)
      add((0, position), (1, position))
      let place = plot.place(0, position)
      elements.append(Frame.label(tick.text, place.x - 6, place.y + 4, "end"))
    }
    elements.append(plot.element(["fill": "none", "class": "edge", "stroke": "#888888"]))
    let (below, beside) = (plot.place(0.5, 0), plot.place(0, 0.5))
    elements.append(Frame.label(x.label, below.x, below.y + 36, "middle"))
    elements.append(
      Frame.label(y.label, beside.x - 48, beside.y, "middle", isUpright: true))
    return elements
  }
}
