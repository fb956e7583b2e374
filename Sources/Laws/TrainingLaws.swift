import Datasets
import Operators
import Search
import Supernets

/// What a whole network in training must satisfy.
public enum TrainingLaws {
  /// A small elastic space and small images, in which a step takes milliseconds.
  public static func tinySpace() throws -> any NetworkSpace { try TinySpaces.elastic.space() }

  /// The gradient of a subnet's loss points where it says: a small step along it changes the loss
  /// by the step times its squared length.
  public static func gradientViolations(
    of space: any NetworkSpace, on device: any Device
  ) throws -> [Violation] {
    var violations: [Violation] = []
    for architecture in SpaceLaws.sample(space, random: 3) {
      let supernet = try Supernet(space, on: device, seed: 4)
      var generator = SeededGenerator(seed: 21)
      let (count, side) = (16, space.resolution(of: architecture))
      let images = try device.tensor(
        (0..<count * side * side * space.channels).map { _ in
          Float.random(in: -2..<2, using: &generator)
        }, [count, side, side, space.channels])
      let labels = try device.tensor((0..<count).map { Float($0 % space.classes) }, [count])
      let start = try perturbed(try device.read(supernet.parameters), using: &generator)

      func loss(_ parameters: [Float], tape: Tape) throws -> Variable {
        try device.write(parameters, to: supernet.parameters)
        let logits = try supernet.logits(
          architecture, images, mode: .training(dropout: nil), tape: tape)
        return try tape.apply(CrossEntropy(.labels(smoothing: 0)), logits, Variable(labels))
      }
      func mean(_ parameters: [Float]) throws -> Double {
        let losses = try device.read(try loss(parameters, tape: Tape(recording: false)).value)
        return losses.reduce(0) { $0 + Double($1) } / Double(losses.count)
      }
      let gradients = try supernet.zeroGradients()
      let tape = Tape(recording: true)
      let share = try device.tensor([Float](repeating: 1 / Float(count), count: count), [count])
      try tape.backward(from: try loss(start, tape: tape), gradient: share)
      let gradient = try device.read(gradients)
      let square = gradient.reduce(0) { $0 + Double($1) * Double($1) }
      let step = 2e-4 / square.squareRoot()
      func moved(_ sign: Double) -> [Float] {
        zip(start, gradient).map { Float(Double($0) + sign * step * Double($1)) }
      }
      let change = try (mean(moved(1)) - mean(moved(-1))) / (2 * step)
      if !(abs(change / square - 1) < 0.02) {
        violations.append(
          Violation(
            "gradient of the whole network", of: space.text(of: architecture),
            "predicts \(square), found \(change) on \(device.description.name)"))
      }
    }
    return violations
  }

  /// Parameters with every gamma away from its start, so that all of the network takes part.
  private static func perturbed(
    _ values: [Float], using generator: inout SeededGenerator
  ) throws -> [Float] {
    values.map { $0 + Float.random(in: 0.02..<0.1, using: &generator) }
  }

  /// The parameters after `steps` of training on the drawn shapes.
  public static func trained(
    _ space: any NetworkSpace, steps: Int, optimizer: TrainingRecipe.OptimizerName = .sgd,
    on device: any Device
  ) throws -> [Float] {
    let trainer = try trainer(space, optimizer: optimizer, on: device)
    for _ in 0..<steps { _ = try trainer.runStep() }
    return try device.read(trainer.supernet.parameters)
  }

  public static func trainer(
    _ space: any NetworkSpace, optimizer: TrainingRecipe.OptimizerName = .sgd,
    on device: any Device, parts: Int? = nil, ranks: any Communicator = Alone(),
    _ change: (inout TrainingRecipe) -> Void = { _ in }
  ) throws -> Trainer {
    let side = max(space.resolution(of: space.largest), DrawnShapes.leastSize)
    let (training, _) = DrawnShapes(
      trainCount: 600, testCount: 10, size: side, channels: space.channels
    ).splits()
    var recipe = TrainingRecipe(
      epochs: 4, batchSize: 32, optimizer: optimizer,
      learningRate: optimizer == .sgd ? 0.02 : 0.002, warmupSteps: 5)
    change(&recipe)
    return try Trainer(
      try Supernet(space, on: device, seed: 2), recipe: recipe, images: training,
      statistics: try PixelStatistics(of: training), parts: parts, ranks: ranks)
  }
}
