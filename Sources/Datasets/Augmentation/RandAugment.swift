/// Operations on colour and geometry, drawn for each image (Cubuk and others 2020).
///
/// Magnitudes are torchvision's; a rotation's sine and cosine come from the tangent of half the angle, so
/// that every machine has the same bits.
public enum RandAugment {
  /// The strongest.
  public static let mostMagnitude = 30

  struct Operation: Sendable {
    let name: String
    /// - Parameters:
    ///   - strength: from 0 to 1.
    ///   - sign: 1 or -1: the direction, or more or less.
    let apply: @Sendable (_ canvas: Canvas, _ strength: Float, _ sign: Float) -> Void
  }

  /// The operations; a new one is a line here.
  static let operations: [Operation] = [
    Operation(name: "identity") { _, _, _ in },
    Operation(name: "shear-x") { canvas, strength, sign in
      let shear = 0.3 * strength * sign
      canvas.apply(.init(xy: shear, x0: -shear * canvas.middle.y))
    },
    Operation(name: "shear-y") { canvas, strength, sign in
      let shear = 0.3 * strength * sign
      canvas.apply(.init(yx: shear, y0: -shear * canvas.middle.x))
    },
    Operation(name: "translate-x") { canvas, strength, sign in
      canvas.apply(.init(x0: (0.45 * strength * sign * Float(canvas.width)).rounded()))
    },
    Operation(name: "translate-y") { canvas, strength, sign in
      canvas.apply(.init(y0: (0.45 * strength * sign * Float(canvas.height)).rounded()))
    },
    Operation(name: "rotate") { canvas, strength, sign in
      // The tangent of 15 degrees.
      let half = 0.26794919 * strength * sign
      let (cosine, sine) = (
        (1 - half * half) / (1 + half * half), 2 * half / (1 + half * half)
      )
      let (x, y) = (canvas.middle.x, canvas.middle.y)
      canvas.apply(
        .init(
          xx: cosine, xy: -sine, x0: x - cosine * x + sine * y, yx: sine, yy: cosine,
          y0: y - sine * x - cosine * y))
    },
    Operation(name: "brightness") { canvas, strength, sign in
      canvas.map { $0 * (1 + 0.9 * strength * sign) }
    },
    Operation(name: "contrast") { canvas, strength, sign in
      let mean = canvas.meanGrey
      canvas.map { mean + ($0 - mean) * (1 + 0.9 * strength * sign) }
    },
    Operation(name: "colour") { canvas, strength, sign in
      canvas.saturate(1 + 0.9 * strength * sign)
    },
    Operation(name: "sharpness") { canvas, strength, sign in
      canvas.sharpen(1 + 0.9 * strength * sign)
    },
    Operation(name: "posterize") { canvas, strength, _ in
      let kept = UInt8(truncatingIfNeeded: 0xFF00 >> (8 - Int((4 * strength).rounded())))
      canvas.map { Float(UInt8($0) & kept) }
    },
    Operation(name: "solarize") { canvas, strength, _ in
      canvas.map { $0 >= 255 * (1 - strength) ? 255 - $0 : $0 }
    },
    Operation(name: "auto-contrast") { canvas, _, _ in canvas.stretchContrast() },
    Operation(name: "equalize") { canvas, _, _ in canvas.equalize() },
  ]

  /// Applies so many operations, which the image's draws choose.
  static func apply(
    _ count: Int, magnitude: Int, to canvas: Canvas, _ random: inout SeededRandom
  ) {
    for _ in 0..<count {
      let operation = operations[random.below(operations.count)]
      let sign: Float = random.chance(0.5) ? 1 : -1
      operation.apply(canvas, Float(magnitude) / Float(mostMagnitude), sign)
    }
  }
}
