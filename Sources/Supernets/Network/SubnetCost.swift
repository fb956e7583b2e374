import Operators
import Search

/// What a subnet costs on any device: counted, not measured.
public struct SubnetCost: Sendable, Codable, Equatable {
  /// Of one image.
  public var multiplyAdds: Int
  public var parameters: Int
  /// The most float32 bytes alive at once while one image passes, parameters aside.
  public var peakActivationBytes: Int
}

extension NetworkSpace {
  /// The cost of one image through an architecture.
  public func cost(of architecture: Architecture) throws -> SubnetCost {
    let count = try CountedPass(architecture, of: self, batch: 1)
    return SubnetCost(
      multiplyAdds: count.tape.multiplyAdds,
      // Recurrent layers ask for theirs at every step.
      parameters: ParameterLayout(count.declarations).entries.reduce(0) { $0 + $1.count },
      peakActivationBytes: count.peakBytes)
  }

  /// The shape of an architecture's logits.
  public func outputShape(of architecture: Architecture, batch: Int) throws -> Shape {
    try CountedPass(architecture, of: self, batch: batch).outputShape
  }

  /// Every operator of a forward pass, in order.
  public func layers(of architecture: Architecture, batch: Int) throws -> [Layer] {
    var layers: [Layer] = []
    _ = try CountedPass(architecture, of: self, batch: batch) { layers.append($0) }
    return layers
  }

  /// The shared parameters: all that the covering architectures ask for.
  public func parameterLayout() throws -> ParameterLayout {
    ParameterLayout(
      try covering.flatMap { try CountedPass($0, of: self, batch: 1).declarations })
  }

  /// The parameters that an architecture by itself needs.
  public func parameterLayout(of architecture: Architecture) throws -> ParameterLayout {
    ParameterLayout(try CountedPass(architecture, of: self, batch: 1).declarations)
  }
}

/// An architecture run on a device that only counts.
private struct CountedPass {
  let tape: Tape
  let declarations: [(name: String, role: ParameterRole, shape: Shape)]
  let peakBytes: Int
  let outputShape: Shape

  init(
    _ architecture: Architecture, of space: any NetworkSpace, batch: Int,
    note: ((Layer) -> Void)? = nil
  ) throws {
    // Parameters lie on a device of their own, so that they do not count as activations.
    let (activations, elsewhere) = (CountingDevice(), CountingDevice())
    let recorder = ParameterRecorder(device: elsewhere)
    var (named, name) = (0, "")
    tape = Tape(
      recording: false,
      note: note.map { note in
        { operation, inputs in
          // A layer asks for its parameters before it is applied.
          if named < recorder.declarations.count {
            name = Layer.name(of: recorder.declarations[named].name)
          }
          named = recorder.declarations.count
          // What its readers do is no layer.
          let isRead = (operation as? ActivationFunction)?.isLeftToReaders(inputs[0]) ?? false
          guard !isRead else { return }
          note(Layer(name: name, operator: operation, inputs: inputs))
        }
      })
    let side = space.resolution(of: architecture)
    let images = Variable(try activations.empty([batch, side, side, space.channels]))
    let logits = try space.logits(
      architecture, images,
      in: NetworkPass(
        tape: tape, mode: .inference(BatchNormStatistics(on: elsewhere)), parameters: recorder))
    declarations = recorder.declarations
    peakBytes = activations.peakBytes
    outputShape = logits.shape
  }
}
