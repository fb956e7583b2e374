import Operators
import TensorFiles

/// A supernet and its training, stopped after some step: a safetensors file.
public struct Checkpoint {
  private static let formats = "supernet-checkpoint-"
  static let format = formats + "2"

  public let step: Int
  /// The space in its YAML form.
  public let space: String
  public let recipe: TrainingRecipe
  /// What the training images were, so that a run resumes on the same ones.
  public let dataset: String
  let parameters: [Float]
  /// The parameters' moving average, where the recipe asks for one.
  let average: [Float]?
  let moments: [[Float]]

  /// Reads a checkpoint; a damaged file is told in one line.
  public init(readingFrom path: String) throws {
    let file = try SafetensorsFile(readingFrom: path)
    if let format = file.metadata["format"], format.hasPrefix(Self.formats), format != Self.format {
      throw ConfigurationError(
        "\(path): a checkpoint of another version of Supernet; go on with that version, or train anew"
      )
    }
    guard file.metadata["format"] == Self.format,
      let step = file.metadata["step"].flatMap(Int.init),
      let space = file.metadata["space"], let dataset = file.metadata["dataset"],
      let recipe = file.metadata["recipe"]
    else {
      throw ConfigurationError("\(path): not a supernet checkpoint; give one that `train` wrote")
    }
    self.step = step
    self.space = space
    self.dataset = dataset
    self.recipe = try TrainingRecipe(ConfigurationNode(parsing: recipe, file: "\(path): recipe"))
    func floats(_ name: String) throws -> [Float] {
      guard let tensor = file.tensor(named: name), tensor.shape.count == 1 else {
        throw ConfigurationError("\(path): tensor \(name) is missing; the checkpoint is damaged")
      }
      return try file.floats(name: name, shape: tensor.shape)
    }
    parameters = try floats("parameters")
    average = try self.recipe.modelEMADecay.map { _ in try floats("average") }
    moments = try (0..<self.recipe.update.momentCount).map { try floats("moment.\($0)") }
  }

  /// Writes a trainer's state: temporary file, sync, rename.
  public static func write(_ trainer: Trainer, spaceText: String, dataset: String, to path: String)
    throws
  {
    let device = trainer.supernet.device
    let parameters = NamedTensor(
      name: "parameters", shape: Array(trainer.supernet.parameters.shape),
      values: try trainer.soundParameters())
    let average = try trainer.averaged.map {
      NamedTensor(
        name: "average", shape: Array($0.parameters.shape), values: try device.read($0.parameters))
    }
    let moments = try trainer.moments.enumerated().map { index, moment in
      NamedTensor(
        name: "moment.\(index)", shape: Array(moment.shape), values: try device.read(moment))
    }
    let file = SafetensorsFile(
      tensors: [parameters] + [average].compactMap(\.self) + moments,
      metadata: [
        "format": format, "step": String(trainer.step), "space": spaceText,
        "recipe": trainer.recipe.text, "dataset": dataset,
      ])
    try file.sealed().write(to: path)
  }

  /// What is judged and handed over: the average where there is one.
  var evaluated: [Float] { average ?? parameters }

  /// Puts what training made into a supernet of the same space: the average where there is one.
  public func restore(_ supernet: Supernet, path: String) throws {
    try write(evaluated, to: supernet, path: path)
  }

  private func write(_ values: [Float], to supernet: Supernet, path: String) throws {
    guard values.count == supernet.layout.count else {
      throw ConfigurationError(
        "\(path): holds \(values.count) parameters, space \(supernet.space.name) has "
          + "\(supernet.layout.count); it is a checkpoint of another space")
    }
    try supernet.device.write(values, to: supernet.parameters)
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
    try write(parameters, to: trainer.supernet, path: path)
    if let average, let averaged = trainer.averaged {
      try write(average, to: averaged, path: path)
    }
    for (moment, values) in zip(trainer.moments, moments) {
      guard values.count == moment.count else {
        throw ConfigurationError("\(path): the optimiser's state has another size; it is damaged")
      }
      try trainer.supernet.device.write(values, to: moment)
    }
    trainer.step = step
  }
}
