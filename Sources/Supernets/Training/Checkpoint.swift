import Operators
import TensorFiles

/// A supernet and its training, stopped after some step: a safetensors file.
public struct Checkpoint {
  static let format = "supernet-checkpoint-1"

  public let step: Int
  /// The space in its YAML form.
  public let space: String
  public let recipe: TrainingRecipe
  /// What the training images were, so that a run resumes on the same ones.
  public let dataset: String
  let parameters: [Float]
  let moments: [[Float]]

  /// Reads a checkpoint; a damaged file is told in one line.
  public init(readingFrom path: String) throws {
    let file = try SafetensorsFile(readingFrom: path)
    guard file.metadata["format"] == Self.format,
      let step = file.metadata["step"].flatMap(Int.init),
      let space = file.metadata["space"], let dataset = file.metadata["dataset"],
      let recipe = file.metadata["recipe"].flatMap(TrainingRecipe.init(json:))
    else {
      throw ConfigurationError("\(path): not a supernet checkpoint; give one that `train` wrote")
    }
    self.step = step
    self.space = space
    self.dataset = dataset
    self.recipe = recipe
    func floats(_ name: String) throws -> [Float] {
      guard let tensor = file.tensor(named: name), tensor.shape.count == 1 else {
        throw ConfigurationError("\(path): tensor \(name) is missing; the checkpoint is damaged")
      }
      return try file.floats(name: name, shape: tensor.shape)
    }
    parameters = try floats("parameters")
    moments = try (0..<recipe.update.momentCount).map { try floats("moment.\($0)") }
  }

  /// Writes a trainer's state: temporary file, sync, rename.
  public static func write(_ trainer: Trainer, spaceText: String, dataset: String, to path: String)
    throws
  {
    let device = trainer.supernet.device
    let parameters = NamedTensor(
      name: "parameters", shape: trainer.supernet.parameters.shape,
      values: try trainer.soundParameters())
    let moments = try trainer.moments.enumerated().map { index, moment in
      NamedTensor(name: "moment.\(index)", shape: moment.shape, values: try device.read(moment))
    }
    let file = SafetensorsFile(
      tensors: [parameters] + moments,
      metadata: [
        "format": format, "step": String(trainer.step), "space": spaceText,
        "recipe": trainer.recipe.json, "dataset": dataset,
      ])
    try file.sealed().write(to: path)
  }

  /// Puts the parameters into a supernet of the same space.
  public func restore(_ supernet: Supernet, path: String) throws {
    guard parameters.count == supernet.layout.count else {
      throw ConfigurationError(
        "\(path): holds \(parameters.count) parameters, space \(supernet.space.name) has "
          + "\(supernet.layout.count); it is a checkpoint of another space")
    }
    try supernet.device.write(parameters, to: supernet.parameters)
  }

  /// Puts training back to where it stopped; space, recipe and images must be the same.
  public func restore(_ trainer: Trainer, spaceText: String, dataset: String, path: String) throws {
    guard space == spaceText else {
      throw ConfigurationError(
        "\(path): is a checkpoint of another space than \(trainer.supernet.space.name); "
          + "resume with the same space, or train under another name")
    }
    guard self.dataset == dataset else {
      throw ConfigurationError(
        "\(path): was trained on \(self.dataset), not \(dataset); resume with the same images")
    }
    guard recipe == trainer.recipe else {
      throw ConfigurationError(
        "\(path): was trained with other settings (\(recipe.difference(from: trainer.recipe))); "
          + "resume with the same ones, or train under another name")
    }
    guard (0...trainer.totalSteps).contains(step) else {
      throw ConfigurationError(
        "\(path): stands at step \(step) of \(trainer.totalSteps); it is damaged, train anew")
    }
    try restore(trainer.supernet, path: path)
    for (moment, values) in zip(trainer.moments, moments) {
      guard values.count == moment.count else {
        throw ConfigurationError("\(path): the optimiser's state has another size; it is damaged")
      }
      try trainer.supernet.device.write(values, to: moment)
    }
    trainer.step = step
  }
}
