/// A way to learn a number from encodings: fitted to examples, it gives a predictor.
///
/// A new model is a new file and a line in `RegressionCatalogue`.
public protocol RegressionModel: Sendable {
  /// Fits `targets` [n] over `inputs`, n rows of one length; at least one row.
  func fitted(to inputs: [[Double]], _ targets: [Double]) -> any FittedModel
}

/// What a model learnt.
public protocol FittedModel: Sendable {
  func prediction(of input: [Double]) -> Prediction
}

/// A predicted number and how sure its model is.
public struct Prediction: Sendable, Equatable {
  public var mean: Double
  /// In the units of the mean; 0 where a model cannot tell.
  public var deviation: Double

  public init(mean: Double, deviation: Double = 0) {
    self.mean = mean
    self.deviation = deviation
  }
}

/// Every regression model by name: a new one is its file and a line here.
public enum RegressionCatalogue {
  public struct Entry: Sendable {
    public let name: String
    /// One line for the command line's help.
    public let summary: String
    /// Makes the model from a seed.
    public let make: @Sendable (UInt64) -> any RegressionModel
  }

  public static let entries: [Entry] = [
    .init(name: "ridge", summary: "linear in the options, its penalty by leave-one-out") { _ in
      RidgeRegression()
    },
    .init(name: "k-nearest", summary: "the mean of the nearest known ones") { _ in
      NearestNeighbours()
    },
    .init(name: "boosted-trees", summary: "gradient-boosted regression trees") {
      BoostedTrees(seed: $0)
    },
    .init(name: "network", summary: "a few small networks of two hidden layers") {
      NetworkRegression(seed: $0)
    },
  ]
}

/// Numbers moved and scaled to mean 0 and deviation 1, and back.
public struct Standardization: Sendable {
  let mean: Double
  /// 1 where all numbers are equal.
  let scale: Double

  public init(_ values: [Double]) {
    let count = Double(max(values.count, 1))
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    self.mean = mean
    scale = variance > 0 ? variance.squareRoot() : 1
  }

  public func callAsFunction(_ value: Double) -> Double { (value - mean) / scale }
  public func undone(_ value: Double) -> Double { value * scale + mean }
}
