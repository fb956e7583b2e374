/// A point or a direction in an image, in pixels.
struct Point: Sendable {
  var x: Float
  var y: Float

  init(_ x: Float, _ y: Float) {
    self.x = x
    self.y = y
  }

  var length: Float { (x * x + y * y).squareRoot() }

  func dot(_ other: Point) -> Float { x * other.x + y * other.y }

  static func - (one: Point, other: Point) -> Point { Point(one.x - other.x, one.y - other.y) }
  static func * (point: Point, factor: Float) -> Point { Point(point.x * factor, point.y * factor) }

  /// This point in axes turned so that the first one lies along the unit vector.
  func turned(to axis: Point) -> Point {
    Point(x * axis.x + y * axis.y, y * axis.x - x * axis.y)
  }
}

extension SeededRandom {
  /// A unit vector, every direction alike: no sine whose last bit could differ between machines.
  mutating func direction() -> Point {
    while true {
      let point = Point(number(in: -1...1), number(in: -1...1))
      let length = point.length
      if length > 0.1, length <= 1 { return point * (1 / length) }
    }
  }
}
