import Datasets
import Search

/// A landscape drawn in code that looks like a photograph from afar: sky, then layer before layer.
///
/// Light, tint and grain are drawn for every picture alike, so that no mean colour tells what it shows.
struct Landscape {
  enum Kind: String, CaseIterable { case beach, city, desert, forest, mountain }

  typealias Color = SIMD3<Float>

  /// What hides all behind it below a line.
  struct Layer {
    /// Where it begins, in heights of the picture from above, at a place in widths from the left.
    var top: (Float) -> Float
    /// What it looks like at a place, so far below its top.
    var color: (_ x: Float, _ y: Float, _ below: Float) -> Color
  }

  private let noise: Noise
  private let horizon: Float
  private let sky: (above: Color, below: Color)
  private let clouds: Float
  private let tint: Color
  private let grain: Float
  private let layers: [Layer]

  init(_ kind: Kind, using generator: inout SeededGenerator) {
    func number(_ range: ClosedRange<Float>) -> Float {
      range.lowerBound + Float(generator.unit()) * (range.upperBound - range.lowerBound)
    }
    noise = Noise(seed: UInt32(truncatingIfNeeded: generator.next()))
    horizon = number(0.35...0.6)
    let dusk = number(0...1)
    sky = (
      Color(0.25, 0.45, 0.85) * (1 - dusk) + Color(0.3, 0.2, 0.4) * dusk,
      Color(0.75, 0.85, 0.95) * (1 - dusk) + Color(0.95, 0.6, 0.4) * dusk
    )
    clouds = number(0...0.9)
    tint = Color(number(0.75...1.2), number(0.75...1.2), number(0.75...1.2)) * number(0.7...1.1)
    grain = number(0.01...0.05)
    layers = kind.layers(horizon: horizon, noise: noise, number)
  }

  /// Draws it at any size.
  func drawn(width: Int, height: Int) -> Raster {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(width * height * 3)
    let tops = layers.map { layer in (0..<width).map { layer.top(Float($0) / Float(width)) } }
    for row in 0..<height {
      let y = Float(row) / Float(height)
      for column in 0..<width {
        let x = Float(column) / Float(width)
        var color: Color
        if let layer = layers.indices.last(where: { tops[$0][column] <= y }) {
          color = layers[layer].color(x, y, y - tops[layer][column])
        } else {
          let part = min(1, y / horizon)
          color = sky.above * (1 - part) + sky.below * part
          let cloud = max(0, noise.cloud(x * 3, y * 6) - 0.5) * 2 * clouds
          color += (Color(0.95, 0.95, 0.95) - color) * cloud
        }
        color = color * tint + (noise.at(column, row) - 0.5) * grain * 4
        for channel in 0..<3 { bytes.append(UInt8(max(0, min(1, color[channel])) * 255)) }
      }
    }
    return Raster(width: width, height: height, channels: 3, bytes: bytes)
  }
}

/// Smooth numbers from 0 to 1 over the plane.
struct Noise {
  let seed: UInt32

  func at(_ x: Int, _ y: Int) -> Float {
    var bits =
      UInt32(truncatingIfNeeded: x) &* 0x9E37_79B1 ^ UInt32(truncatingIfNeeded: y) &* 0x85EB_CA77
    bits = (bits ^ seed ^ bits >> 15) &* 0x2C1B_3C6D
    bits = (bits ^ bits >> 12) &* 0x297A_2D39
    return Float((bits ^ bits >> 15) >> 8) * 0x1p-24
  }

  func smooth(_ x: Float, _ y: Float) -> Float {
    let (left, top) = (x.rounded(.down), y.rounded(.down))
    let (column, row) = (Int(left), Int(top))
    func eased(_ t: Float) -> Float { t * t * (3 - 2 * t) }
    let (across, down) = (eased(x - left), eased(y - top))
    let above = at(column, row) * (1 - across) + at(column + 1, row) * across
    let below = at(column, row + 1) * (1 - across) + at(column + 1, row + 1) * across
    return above * (1 - down) + below * down
  }

  /// Four octaves.
  func cloud(_ x: Float, _ y: Float) -> Float {
    var (sum, weight, scale) = (Float(0), Float(0.5), Float(1))
    for _ in 0..<4 {
      sum += weight * smooth(x * scale, y * scale)
      (weight, scale) = (weight / 2, scale * 2)
    }
    return sum / 0.9375
  }
}
