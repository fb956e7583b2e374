/// A graph in the two forms it is written in.
extension NetworkGraph {
  /// For Graphviz.
  public var dot: String {
    func quoted(_ text: String) -> String {
      "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
    var lines = [
      "digraph \(quoted(title)) {", "  rankdir=TB;",
      "  node [fontname=\"Helvetica\", fontsize=11, style=\"filled,rounded\", shape=box];",
    ]
    for (number, part) in parts.enumerated() {
      lines.append("  subgraph cluster_\(number) {")
      lines.append("    color=none; label=\(quoted(part.title ?? ""));")
      for (index, node) in part.nodes.enumerated() {
        let text = quoted(node.label + (node.detail.map { "\n" + $0 } ?? ""))
          .replacing("\n", with: "\\n")
        let look = node.style.look
        lines.append(
          "    n\(number)_\(index) [label=\(text), fillcolor=\"\(look.fill)\", "
            + "fontcolor=\"\(look.text)\", color=\"\(look.line)\""
            + (node.style == .state ? ", shape=circle];" : "];"))
      }
      for edge in part.edges {
        lines.append("    n\(number)_\(edge.from) -> n\(number)_\(edge.to);")
      }
      lines.append("  }")
    }
    return (lines + ["}"]).joined(separator: "\n") + "\n"
  }

  /// A picture by itself.
  public var svg: String { svg(id: "graph") }

  /// - Parameter id: begins the names inside, so that several pictures may stand in one page.
  public func svg(id: String) -> String {
    let (margin, gap, header) = (24.0, 56.0, 34.0)
    var (x, height, body) = (margin, 0.0, [String]())
    let hasTitles = parts.contains { $0.title != nil }
    let top = margin + header + (hasTitles ? 24 : 0)
    for part in parts {
      let layout = LayeredLayout(sizes: part.nodes.map(\.size), edges: part.edges)
      if let title = part.title {
        body.append(Self.text(title, x + layout.size.width / 2, top - 14, size: 13, weight: 600))
      }
      body.append("<g transform=\"translate(\(Self.number(x)) \(Self.number(top)))\">")
      for (edge, route) in zip(part.edges, layout.routes) {
        body.append(
          Self.arrow(
            route, leaving: part.nodes[edge.from].size.height / 2,
            reaching: part.nodes[edge.to].size.height / 2, tip: "\(id)-tip"))
      }
      for (node, centre) in zip(part.nodes, layout.centres) { body += node.shapes(at: centre) }
      body.append("</g>")
      x += layout.size.width + gap
      height = max(height, layout.size.height)
    }
    let width = max(x - gap + margin, Double(title.count) * 8 + 2 * margin)
    let size = (Self.number(width), Self.number(top + height + margin))
    return
      ([
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(size.0)\" height=\"\(size.1)\" "
          + "viewBox=\"0 0 \(size.0) \(size.1)\" font-family=\"Helvetica, Arial, sans-serif\" "
          + "class=\"graph\" role=\"img\" aria-labelledby=\"\(id)-title \(id)-about\">",
        "<title id=\"\(id)-title\">\(Self.escaped(title))</title>",
        "<desc id=\"\(id)-about\">\(Self.escaped(summary))</desc>",
        // Attributes are the light scheme, so that programs without style sheets draw it.
        "<style>@media screen and (prefers-color-scheme:dark){.graph .paper{fill:#14181d}"
          + ".graph .ink{fill:#e4e7eb}}</style>",
        "<defs><marker id=\"\(id)-tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" "
          + "markerHeight=\"7\" orient=\"auto\"><path d=\"M0 0.5 8 4 0 7.5z\" fill=\"#7a8494\"/>"
          + "</marker></defs>",
        "<rect class=\"paper\" width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>",
        Self.text(title, width / 2, margin + 8, size: 15, weight: 700),
      ] + body + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  /// One decimal: enough for a picture, and the same on every machine.
  fileprivate static func number(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0
      ? "\(tenths / 10)" : "\(tenths < 0 ? "-" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
  }

  /// - Parameter fill: nil for what stands on the ground itself, which may be dark.
  fileprivate static func text(
    _ text: String, _ x: Double, _ y: Double, size: Int, weight: Int = 400, fill: String? = nil
  ) -> String {
    let look = fill.map { "fill=\"\($0)\"" } ?? "class=\"ink\" fill=\"#1d2733\""
    return "<text x=\"\(number(x))\" y=\"\(number(y))\" font-size=\"\(size)\" "
      + "font-weight=\"\(weight)\" \(look) text-anchor=\"middle\">\(escaped(text))</text>"
  }

  private static func escaped(_ text: String) -> String {
    String(
      String.UnicodeScalarView(
        text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 })
    )
    .replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }

  /// What is to be seen, for those who do not see it.
  private var summary: String {
    parts.map { part in
      (part.title.map { "\($0): " } ?? "")
        + part.nodes.map { $0.label + ($0.detail.map { " (\($0))" } ?? "") }
        .joined(separator: ", ")
    }.joined(separator: "; ")
  }

  /// A curve that leaves and reaches nodes upright.
  private static func arrow(
    _ route: [LayeredLayout.Point], leaving: Double, reaching: Double, tip: String
  ) -> String {
    var points = route
    points[0].y += leaving
    points[points.count - 1].y -= reaching
    var path = "M\(number(points[0].x)) \(number(points[0].y))"
    for (from, to) in zip(points, points.dropFirst()) {
      let middle = (from.y + to.y) / 2
      path +=
        " C\(number(from.x)) \(number(middle)) \(number(to.x)) \(number(middle)) "
        + "\(number(to.x)) \(number(to.y))"
    }
    return "<path d=\"\(path)\" fill=\"none\" stroke=\"#7a8494\" stroke-width=\"1.4\" "
      + "marker-end=\"url(#\(tip))\"/>"
  }
}

extension NetworkGraph.Style {
  /// Colours that stay apart in grey too.
  fileprivate var look: (fill: String, line: String, text: String) {
    switch self {
    case .end: ("#27364b", "#27364b", "#ffffff")
    case .state: ("#ffffff", "#27364b", "#1d2733")
    case .convolution: ("#cfe2ff", "#5b8def", "#1d2733")
    case .separable: ("#ffe3c2", "#e08e2b", "#1d2733")
    case .pool: ("#d5f0dc", "#4aa564", "#1d2733")
    case .identity: ("#f1f3f6", "#a3adba", "#1d2733")
    case .other: ("#eadcff", "#9a6fd8", "#1d2733")
    }
  }
}

extension NetworkGraph.Node {
  /// Of its shape, by the length of its texts.
  fileprivate var size: LayeredLayout.Size {
    guard style != .state else { return LayeredLayout.Size(width: 32, height: 32) }
    let width = max(Double(label.count) * 7.2, Double(detail?.count ?? 0) * 5.9)
    return LayeredLayout.Size(width: max(width + 22, 56), height: detail == nil ? 28 : 42)
  }

  fileprivate func shapes(at centre: LayeredLayout.Point) -> [String] {
    let (size, look) = (size, style.look)
    let rectangle =
      "<rect x=\"\(NetworkGraph.number(centre.x - size.width / 2))\" "
      + "y=\"\(NetworkGraph.number(centre.y - size.height / 2))\" "
      + "width=\"\(NetworkGraph.number(size.width))\" "
      + "height=\"\(NetworkGraph.number(size.height))\" "
      + "rx=\"\(style == .state ? 16 : style == .end ? 14 : 6)\" fill=\"\(look.fill)\" "
      + "stroke=\"\(look.line)\" stroke-width=\"1.2\"/>"
    let y = centre.y + (detail == nil ? 4 : -3)
    return [
      rectangle,
      NetworkGraph.text(label, centre.x, y, size: 12, weight: 600, fill: look.text),
    ]
      + (detail.map {
        [NetworkGraph.text($0, centre.x, centre.y + 13, size: 10, fill: look.text)]
      } ?? [])
  }
}
