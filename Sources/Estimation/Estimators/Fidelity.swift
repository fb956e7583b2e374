import Search
import Supernets

/// A way of making a training cheaper by a part between 0 and 1, by a name.
public struct Fidelity: Sendable {
  public let name: String
  public let summary: String
  /// The part that the estimator of that name keeps at fidelity 1.
  public let part: Double
  let reduce: @Sendable (TrainingPlan, Double) throws -> TrainingPlan

  public static let all: [Fidelity] = [epochs, images, resolution, channels, cells]

  /// The same training at a part of its cost along this axis.
  public func apply(_ plan: TrainingPlan, _ part: Double) throws -> TrainingPlan {
    precondition(part > 0 && part <= 1, "a part of \(part)")
    return part == 1 ? plan : try reduce(plan, part)
  }

  public static let epochs = Fidelity(
    name: "fewer-epochs", summary: "a quarter of the epochs, the whole schedule in them", part: 0.25
  ) { plan, part in
    var plan = plan
    plan.recipe.epochs = max(1, Int((Double(plan.recipe.epochs) * part).rounded()))
    return plan
  }

  static let images = Fidelity(
    name: "fewer-images", summary: "a quarter of the training images", part: 0.25
  ) { plan, part in
    var plan = plan
    let count = Double(plan.training.count) * part
    plan.training = plan.training.prefix(max(plan.recipe.batchSize, Int(count.rounded())))
    return plan
  }

  static let resolution = Fidelity(
    name: "lower-resolution", summary: "images of half the height and width", part: 0.5
  ) { plan, part in
    try plan.scaled { try $0.scaled(resolution: part, channels: 1, cells: 1) }
  }

  static let channels = Fidelity(
    name: "fewer-channels", summary: "half the channels", part: 0.5
  ) { plan, part in
    try plan.scaled { try $0.scaled(resolution: 1, channels: part, cells: 1) }
  }

  static let cells = Fidelity(
    name: "fewer-cells", summary: "half the cells, or else the stages", part: 0.5
  ) { plan, part in
    try plan.scaled { try $0.scaled(resolution: 1, channels: 1, cells: part) }
  }
}

extension TrainingPlan {
  fileprivate func scaled(
    _ body: (any ScalableSpace) throws -> any NetworkSpace
  ) throws -> TrainingPlan {
    guard let scalable = space as? any ScalableSpace else {
      throw ConfigurationError(
        "space \(space.name): cannot be made smaller; its fidelities are "
          + "\(Fidelity.epochs.name) and \(Fidelity.images.name)")
    }
    var plan = self
    plan.space = try body(scalable)
    return plan
  }
}
