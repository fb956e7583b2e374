/// A dense array in double precision: what references compute on.
public struct ReferenceArray {
  public var shape: Shape
  public var values: [Double]

  public init(_ shape: Shape, _ values: [Double]) {
    precondition(values.count == shape.product, "\(values.count) values for \(shape)")
    self.shape = shape
    self.values = values
  }

  public init(zeros shape: Shape) {
    self.init(shape, [Double](repeating: 0, count: shape.product))
  }

  public subscript(_ n: Int, _ y: Int, _ x: Int, _ c: Int) -> Double {
    get { values[((n * shape[1] + y) * shape[2] + x) * shape[3] + c] }
    set { values[((n * shape[1] + y) * shape[2] + x) * shape[3] + c] = newValue }
  }

  public subscript(_ row: Int, _ column: Int) -> Double {
    get { values[row * shape[1] + column] }
    set { values[row * shape[1] + column] = newValue }
  }
}

/// An operator with inputs to try it on: the laws' and the benchmarks' raw material.
public struct OperatorCase {
  public struct Input {
    public enum Values {
      case normal
      /// Normal, but at least 0.2 from zero and from each other's rounding: for kinks and ties.
      case spread
      case positive
      /// Around 30, with a deviation of 0.3: a variance from sums of squares would have three digits.
      case distant
      /// Rows of class indices below the bound.
      case labels(Int)
      /// Rows that sum to one.
      case probabilities
    }

    public var shape: Shape
    public var values: Values
    public var needsGradient: Bool
    /// Set where the input is a slice of something larger.
    public var whole: (shape: Shape, start: Shape)?

    public static func activation(_ shape: Int..., values: Values = .normal) -> Input {
      Input(shape: Shape(shape), values: values, needsGradient: true)
    }
    public static func parameter(_ shape: Int..., values: Values = .normal) -> Input {
      Input(shape: Shape(shape), values: values, needsGradient: true)
    }
    public static func slice(_ shape: Shape, of whole: Shape, from start: Shape) -> Input {
      Input(shape: shape, values: .normal, needsGradient: true, whole: (whole, start))
    }
    public static func constant(_ shape: Int..., values: Values) -> Input {
      Input(shape: Shape(shape), values: values, needsGradient: false)
    }
  }

  public var name: String
  public var `operator`: any Operator
  public var inputs: [Input]
  /// How far results may be from the reference, relative to the largest magnitude at hand.
  public var tolerance: Double

  /// Float32 sums of a few thousand terms.
  public static let floatTolerance = 5e-5
  /// Activations stored as float16, each off by up to 2^-11 of itself, one after the other.
  public static let halfTolerance = 1e-2

  public init(
    _ name: String, _ operator: any Operator, _ inputs: [Input],
    tolerance: Double = OperatorCase.floatTolerance
  ) {
    self.name = name
    self.operator = `operator`
    self.inputs = inputs
    self.tolerance = tolerance
  }
}
