/// A shape as the signed distance, in pixels, from a point to its edge: negative inside.
///
/// The shape lies around the origin in a circle of the given radius; `stroke` is the width of its
/// lines. Distances follow Quilez, "2D distance functions".
struct Outline: Sendable {
  let name: String
  let distance: @Sendable (_ point: Point, _ radius: Float, _ stroke: Float) -> Float

  /// The ten classes.
  static let all: [Outline] = [
    disk, ring, square, frame, triangle, cross, star, crescent, bars, corner,
  ]

  static let disk = Outline(name: "disk") { point, radius, _ in point.length - radius }

  static let ring = Outline(name: "ring") { point, radius, stroke in
    abs(point.length - radius + stroke / 2) - stroke / 2
  }

  static let square = Outline(name: "square") { point, radius, _ in
    box(point, 0.8 * radius, 0.8 * radius)
  }

  static let frame = Outline(name: "frame") { point, radius, stroke in
    let half = 0.85 * radius - stroke / 2
    return abs(box(point, half, half)) - stroke / 2
  }

  static let triangle = Outline(name: "triangle") { point, radius, _ in
    max(point.y, abs(point.x) * 0.8660254 - point.y * 0.5) - radius * 0.55
  }

  static let cross = Outline(name: "cross") { point, radius, stroke in
    min(box(point, radius, stroke * 0.6), box(point, stroke * 0.6, radius))
  }

  static let star = Outline(name: "star") { point, radius, _ in
    fivePointed(point, radius * 1.1, 0.42)
  }

  static let crescent = Outline(name: "crescent") { point, radius, _ in
    let bite = (point - Point(radius * 0.55, 0)).length - radius * 0.8
    return max(point.length - radius, -bite)
  }

  static let bars = Outline(name: "bars") { point, radius, stroke in
    let width = min(stroke, radius * 0.36) / 2
    let gap = radius * 0.72
    let nearest = max(-gap, min(gap, (point.y / gap).rounded() * gap))
    return box(Point(point.x, point.y - nearest), radius * 0.85, width)
  }

  static let corner = Outline(name: "corner") { point, radius, stroke in
    let half = stroke * 0.6
    let arm = radius * 0.75
    let along = box(Point(point.x, point.y - half + arm), arm, half)
    let across = box(Point(point.x - half + arm, point.y), half, arm)
    return min(along, across)
  }
}

/// A rectangle of the given half extents.
private func box(_ point: Point, _ halfWidth: Float, _ halfHeight: Float) -> Float {
  let (x, y) = (abs(point.x) - halfWidth, abs(point.y) - halfHeight)
  return Point(max(x, 0), max(y, 0)).length + min(max(x, y), 0)
}

/// A star of five points; `depth` is the inner radius over the outer one.
private func fivePointed(_ point: Point, _ radius: Float, _ depth: Float) -> Float {
  let right = Point(0.809017, -0.58778524)
  let left = Point(-0.809017, -0.58778524)
  var folded = Point(abs(point.x), point.y)
  folded = folded - right * (2 * max(right.dot(folded), 0))
  folded = folded - left * (2 * max(left.dot(folded), 0))
  folded = Point(abs(folded.x), folded.y - radius)
  let edge = Point(depth * 0.58778524, depth * 0.809017 - 1)
  let along = max(0, min(radius, folded.dot(edge) / edge.dot(edge)))
  let side = folded.y * edge.x - folded.x * edge.y
  return (folded - edge * along).length * (side < 0 ? -1 : 1)
}
