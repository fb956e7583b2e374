/// What makes each kind of landscape what it is.
extension Landscape.Kind {
  typealias Color = Landscape.Color
  typealias Layer = Landscape.Layer

  /// - Parameter number: draws one from a range.
  func layers(
    horizon: Float, noise: Noise, _ number: (ClosedRange<Float>) -> Float
  ) -> [Layer] {
    switch self {
    case .mountain:
      return (0..<3).map { depth in
        let (shift, base) = (number(0...100), horizon - 0.2 + 0.22 * Float(depth))
        let rough = number(2...4) * Float(depth + 1)
        let snow = number(0.05...0.2)
        let rock = Color(0.35, 0.36, 0.4) * (1.3 - 0.3 * Float(depth))
        return Layer(
          top: { base - 0.3 * (abs(noise.cloud($0 * rough + shift, 7) - 0.5) * 3 - 0.4) }
        ) { x, y, below in
          let texture = noise.cloud(x * 20 + shift, y * 30)
          let isSnow = below < snow * texture && depth < 2
          return isSnow ? Color(0.92, 0.94, 0.98) : rock * (0.6 + 0.8 * texture)
        }
      }
    case .desert:
      return (0..<4).map { depth in
        let (shift, base) = (number(0...100), horizon + 0.13 * Float(depth))
        let wide = number(1...2.5)
        let sand = Color(0.85, 0.68, 0.42) * (0.8 + 0.1 * Float(depth))
        let ripples = number(60...140)
        return Layer(
          top: { base + 0.12 * (noise.smooth($0 * wide + shift, Float(depth)) - 0.5) }
        ) { x, y, below in
          let ripple = noise.smooth(x * 8 + shift, (y + 0.1 * noise.smooth(x * 4, 1)) * ripples)
          return sand * (0.85 + 0.2 * ripple - 0.25 * min(1, below * 4))
        }
      }
    case .beach:
      let (shift, shore, slope) = (number(0...100), number(0.65...0.85), number(-0.15...0.15))
      let water = Color(0.1, number(0.3...0.5), number(0.45...0.65))
      return [
        Layer(top: { _ in horizon }) { x, y, below in
          let wave = noise.smooth(x * 6 + shift, y * (60 - 30 * below))
          return water * (0.8 + 0.5 * wave) + (wave > 0.85 ? 0.25 : 0)
        },
        Layer(top: { shore + slope * ($0 - 0.5) + 0.05 * (noise.smooth($0 * 4 + shift, 3) - 0.5) })
        {
          x, y, below in
          below < 0.025
            ? Color(0.95, 0.96, 0.97)
            : Color(0.82, 0.72, 0.53) * (0.85 + 0.25 * noise.cloud(x * 40, y * 40))
        },
      ]
    case .forest:
      let autumn = number(0...1)
      let leaf = Color(0.12, 0.38, 0.12) * (1 - autumn) + Color(0.55, 0.32, 0.08) * autumn
      return (0..<5).map { depth in
        let (shift, base) = (number(0...100), horizon - 0.15 + 0.13 * Float(depth))
        let width = 0.03 + 0.025 * Float(depth)
        return Layer(
          top: { x in
            // A fir at each step: highest in its middle.
            let place = (x + shift) / width
            let (tree, part) = (place.rounded(.down), place - place.rounded(.down))
            let tall = 0.6 + 0.6 * noise.at(Int(tree), depth)
            return base + 0.16 - 0.3 * tall * (1 - abs(part - 0.5) * 2)
              * (0.5 + 0.12 * Float(depth))
          }
        ) { x, y, _ in
          leaf * (0.35 + 0.14 * Float(depth)) * (0.5 + 1.1 * noise.cloud(x * 60 + shift, y * 90))
        }
      }
    case .city:
      let isLit = number(0...1) > 0.5
      return (0..<3).map { depth in
        let (shift, base) = (Int(number(0...1000)), horizon - 0.02 + 0.12 * Float(depth))
        let width = number(0.05...0.09) + 0.03 * Float(depth)
        let wall = Color(0.42, 0.42, 0.46) * (1.25 - 0.25 * Float(depth))
        return Layer(
          top: { base - 0.32 * noise.at(Int($0 / width) + shift, 5 + depth) }
        ) { x, y, below in
          let house = Int(x / width) + shift
          let shade = 0.7 + 0.5 * noise.at(house, 11)
          let (column, row) = (x / width * 5, y * 45)
          let isWindow =
            column - column.rounded(.down) > 0.4 && row - row.rounded(.down) > 0.45 && below > 0.02
          guard isWindow else { return wall * shade }
          let glows = isLit && noise.at(Int(column) + 7 * house, Int(row)) > 0.5
          return glows ? Color(0.95, 0.85, 0.5) : wall * shade * 0.45
        }
      }
    }
  }
}
