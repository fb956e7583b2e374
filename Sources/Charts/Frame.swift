import Terminal

/// A rectangle of a figure, in its units, from the top left.
struct Frame {
  var x, y, width, height: Double

  func inset(left: Double, right: Double, top: Double, bottom: Double) -> Frame {
    Frame(
      x: x + left, y: y + top, width: width - left - right, height: height - top - bottom)
  }

  /// The place of a pair of positions, each from 0 (left, bottom) to 1 (right, top).
  func place(_ across: Double, _ up: Double) -> (x: Double, y: Double) {
    // Far outside is as good as just outside, and some programs refuse large numbers.
    (x + width * min(max(across, -1), 2), y + height * (1 - min(max(up, -1), 2)))
  }

  func point(_ across: Double, _ up: Double) -> String {
    let place = place(across, up)
    return "\(Self.text(place.x)),\(Self.text(place.y))"
  }

  func element(_ attributes: KeyValuePairs<String, String>) -> SVGElement {
    SVGElement(
      "rect", more: attributes,
      [
        "x": Self.text(x), "y": Self.text(y), "width": Self.text(width),
        "height": Self.text(height),
      ])
  }

  static func text(_ value: Double) -> String { Readable.fixed(value, 1) }

  /// - Parameter isUpright: written from the bottom to the top.
  static func label(
    _ label: String, _ x: Double, _ y: Double, _ anchor: String, isUpright: Bool = false
  ) -> SVGElement {
    SVGElement(
      "text", more: isUpright ? ["transform": "rotate(-90 \(text(x)) \(text(y)))"] : [:],
      ["x": text(x), "y": text(y), "text-anchor": anchor], text: label)
  }
}

extension SVGElement {
  /// A point of a cloud, through which those below are seen.
  static func dot(_ x: Double, _ y: Double, _ stroke: Stroke) -> SVGElement {
    SVGElement(
      "circle",
      [
        "class": stroke.fillClass, "cx": Frame.text(x), "cy": Frame.text(y), "r": "3.2",
        "fill": stroke.colour, "fill-opacity": "0.6",
      ])
  }

  /// A point that stands out from a cloud.
  static func diamond(_ x: Double, _ y: Double, _ stroke: Stroke) -> SVGElement {
    let corners = [(0.0, -6.5), (6.5, 0.0), (0.0, 6.5), (-6.5, 0.0)]
    let points = corners.map { "\(Frame.text(x + $0.0)),\(Frame.text(y + $0.1))" }
    return SVGElement(
      "polygon",
      [
        "class": stroke.fillClass, "points": points.joined(separator: " "),
        "fill": stroke.colour,
      ])
  }
}
