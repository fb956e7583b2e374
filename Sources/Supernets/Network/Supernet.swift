@_exported import Datasets
import Operators
import Search

/// Shared parameters on a device, and the networks that are slices of them.
///
/// All parameters lie in one block and all gradients in another; a subnet's are views. Confined to
/// one owner, like its device.
public final class Supernet {
  public let space: any NetworkSpace
  public let device: any Device
  /// The one architecture that it holds parameters for; nil where it holds all.
  public let alone: Architecture?
  public let layout: ParameterLayout
  public let parameters: Tensor
  /// Present while training.
  public private(set) var gradients: Tensor?

  /// Parameters start random, a function of the seed alone.
  ///
  /// - Parameters:
  ///   - space: whose networks share the parameters.
  ///   - device: that holds them.
  ///   - seed: of their first values.
  ///   - architecture: the one architecture to hold parameters for, to be trained by itself.
  public init(
    _ space: any NetworkSpace, on device: any Device, seed: UInt64,
    alone architecture: Architecture? = nil
  ) throws {
    self.space = space
    self.device = device
    alone = architecture
    layout = try architecture.map(space.parameterLayout(of:)) ?? space.parameterLayout()
    parameters = try device.tensor(
      Supernet.initialValues(layout, seed: seed), [layout.count])
  }

  /// The same networks with parameters of their own, which start as the other's.
  init(withParametersLike other: Supernet) throws {
    space = other.space
    device = other.device
    alone = other.alone
    layout = other.layout
    parameters = try other.device.empty(other.parameters.shape)
    try device.copy(other.parameters, to: parameters)
  }

  /// The same parameters on another device.
  public init(copying other: Supernet, to device: any Device) throws {
    space = other.space
    self.device = device
    alone = other.alone
    layout = other.layout
    parameters = try device.tensor(try other.device.read(other.parameters), [other.layout.count])
  }

  /// One architecture with given parameters, dense by name; stops the program where one is missing
  /// or of another size.
  public init(
    _ space: any NetworkSpace, on device: any Device, alone architecture: Architecture,
    parameters values: [String: [Float]]
  ) throws {
    self.space = space
    self.device = device
    alone = architecture
    layout = try space.parameterLayout(of: architecture)
    var block = [Float](repeating: 0, count: layout.count)
    for entry in layout.entries {
      guard let given = values[entry.name], given.count == entry.count else {
        preconditionFailure("parameter \(entry.name) \(entry.shape) is missing or of another size")
      }
      block.replaceSubrange(entry.offset..<entry.offset + entry.count, with: given)
    }
    parameters = try device.tensor(block, [layout.count])
  }

  private static func initialValues(_ layout: ParameterLayout, seed: UInt64) -> [Float] {
    var values = [Float](repeating: 0, count: layout.count)
    for (number, entry) in layout.entries.enumerated() {
      var generator = SeededGenerator(seed: seed, stream: number)
      for i in entry.offset..<entry.offset + entry.count {
        guard let deviation = entry.role.deviation(entry.shape) else {
          values[i] = entry.role.constant
          continue
        }
        // The sum of twelve uniforms: normal enough, and the same on every machine.
        let normal = (0..<12).reduce(-6.0) { sum, _ in
          sum + generator.unit()
        }
        values[i] = Float(normal * deviation)
      }
    }
    return values
  }

  /// Makes room for gradients, all zero.
  public func zeroGradients() throws -> Tensor {
    let gradients = try self.gradients ?? device.empty([layout.count])
    self.gradients = gradients
    try device.fill(gradients, with: 0)
    return gradients
  }

  /// Logits [N,classes] of images [N,H,W,channels] of any size, resized to the architecture's.
  public func logits(
    _ architecture: Architecture, _ images: Tensor, mode: PassMode, tape: Tape
  ) throws -> Variable {
    try logits(architecture, Variable(images), mode: mode, tape: tape)
  }

  /// The same of images whose own gradient may be wanted.
  public func logits(
    _ architecture: Architecture, _ images: Variable, mode: PassMode, tape: Tape
  ) throws -> Variable {
    try logits(architecture, images, mode: mode, tape: tape, parameters: self)
  }

  func logits(
    _ architecture: Architecture, _ images: Variable, mode: PassMode, tape: Tape,
    parameters: any ParameterSource
  ) throws -> Variable {
    let side = space.resolution(of: architecture)
    var x = images
    if images.shape[1] != side || images.shape[2] != side {
      x = try tape.apply(Resize(height: side, width: side), x)
    }
    if case .training(_, _, .half) = mode { x = try tape.apply(Narrow(), x) }
    return try space.logits(
      architecture, x, in: NetworkPass(tape: tape, mode: mode, parameters: parameters))
  }

  /// An architecture's parameters by name, dense.
  public func subnetParameters(
    _ architecture: Architecture
  ) throws -> [(name: String, role: ParameterRole, shape: Shape, values: [Float])] {
    let slim = try space.parameterLayout(of: architecture)
    let all = try device.read(parameters)
    return slim.entries.map { entry in
      let view = layout.slice(entry.name, entry.shape, of: parameters)
      var positions = [view.offset]
      for (size, stride) in zip(view.shape, view.strides) {
        positions = positions.flatMap { base in (0..<size).map { base + $0 * stride } }
      }
      return (entry.name, entry.role, entry.shape, positions.map { all[$0] })
    }
  }
}

extension Supernet: ParameterSource {
  func parameter(_ name: String, _ role: ParameterRole, _ shape: Shape) -> Variable {
    let value = layout.slice(name, shape, of: parameters)
    // Gradients lie in a block of their own as parameters do in theirs.
    return Variable(
      parameter: value,
      gradient: gradients.map {
        Tensor(
          storage: $0.storage, offset: $0.offset + value.offset - parameters.offset, shape: shape,
          strides: value.strides)
      })
  }
}
