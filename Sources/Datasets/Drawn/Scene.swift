/// One image of the drawn shapes: a shape, its background, and what gets in the way.
struct Scene {
  private let outline: Outline
  private let size: Int
  private let channels: Int
  private let center: Point
  private let axis: Point
  private let radius: Float
  private let stroke: Float
  private let noise: Float
  /// Shape's brightness and background's brightness, per channel.
  private let inks: [(shape: Float, ground: Float, occluder: Float)]
  private let ground: Ground
  private let occluders: [Occluder]

  init(outline: Outline, size: Int, channels: Int, _ random: inout SeededRandom) {
    self.outline = outline
    self.size = size
    self.channels = channels
    // Lengths are chosen for 28 pixels and grow with the image.
    let unit = Float(size) / 28
    radius = random.number(in: 5.5...10) * unit
    let reach = Float(size) / 2 - radius * 0.9
    let middle = Float(size - 1) / 2
    center = Point(
      middle + random.number(in: -reach...reach), middle + random.number(in: -reach...reach))
    axis = random.direction()
    stroke = random.number(in: 1.7...3) * unit
    noise = random.number(in: 0.01...0.09)
    let sign: Float = random.chance(0.5) ? 1 : -1
    inks = (0..<channels).map { _ in
      let contrast = random.number(in: 0.22...0.6) * sign
      let middle = random.number(in: 0.35...0.65)
      return (middle + contrast / 2, middle - contrast / 2, random.fraction())
    }
    ground = Ground(size: size, &random)
    occluders = (0..<random.below(4)).map { _ in Occluder(size: size, &random) }
  }

  /// Draws the pixels, `[H,W,C]`.
  func draw(into pixels: UnsafeMutableBufferPointer<UInt8>, _ random: inout SeededRandom) {
    for y in 0..<size {
      for x in 0..<size {
        let point = Point(Float(x), Float(y))
        let distance = outline.distance((point - center).turned(to: axis), radius, stroke)
        let shape = coverage(distance)
        let hidden = occluders.reduce(0) { max($0, coverage($1.distance(to: point))) }
        let shade = ground.shade(at: point)
        for (channel, ink) in inks.enumerated() {
          var value = ink.ground + shade
          value += (ink.shape + shade * 0.3 - value) * shape
          value += (ink.occluder - value) * hidden
          value += noise * bell(&random)
          let level = (max(0, min(1, value)) * 255).rounded()
          pixels[(y * size + x) * channels + channel] = UInt8(level)
        }
      }
    }
  }

  /// How much of a pixel lies inside an edge at that distance.
  private func coverage(_ distance: Float) -> Float { max(0, min(1, 0.5 - distance)) }

  /// Nearly normal with deviation one: the sum of four uniform numbers.
  private func bell(_ random: inout SeededRandom) -> Float {
    let bits = random.bits()
    let sum = (bits & 0xFFFF) + (bits >> 16 & 0xFFFF) + (bits >> 32 & 0xFFFF) + bits >> 48
    return (Float(sum) * 0x1p-16 - 2) * 1.7320508
  }
}

/// A slope of brightness with soft blotches on it.
private struct Ground {
  private let slope: Point
  private let middle: Float
  private let cell: Float
  /// Brightness at the corners of a coarse grid, `[5,5]`.
  private let blotches: [Float]

  init(size: Int, _ random: inout SeededRandom) {
    slope = random.direction() * (random.number(in: 0...0.3) / Float(size))
    middle = Float(size - 1) / 2
    cell = Float(size) / 4
    let strength = random.number(in: 0...0.14)
    blotches = (0..<25).map { _ in random.number(in: -strength...strength) }
  }

  func shade(at point: Point) -> Float {
    let (column, row) = (Int(point.x / cell), Int(point.y / cell))
    let (right, down) = (point.x / cell - Float(column), point.y / cell - Float(row))
    let upper = mix(blotches[row * 5 + column], blotches[row * 5 + column + 1], right)
    let lower = mix(blotches[row * 5 + column + 5], blotches[row * 5 + column + 6], right)
    return slope.dot(point - Point(middle, middle)) + mix(upper, lower, down)
  }

  private func mix(_ one: Float, _ other: Float, _ share: Float) -> Float {
    one + (other - one) * share
  }
}

/// A short line that lies over the shape.
private struct Occluder {
  private let center: Point
  private let axis: Point
  private let halfLength: Float
  private let halfWidth: Float

  init(size: Int, _ random: inout SeededRandom) {
    let side = Float(size)
    center = Point(random.number(in: 0...side), random.number(in: 0...side))
    axis = random.direction()
    halfLength = random.number(in: 0.05...0.2) * side
    halfWidth = random.number(in: 0.015...0.035) * side
  }

  func distance(to point: Point) -> Float {
    let local = (point - center).turned(to: axis)
    let beyond = max(0, abs(local.x) - halfLength)
    return Point(beyond, local.y).length - halfWidth
  }
}
