import Operators

/// The running mean and variance of every batch norm of one subnet.
public final class BatchNormStatistics {
  private let device: any Device
  private var tensors: [String: Tensor] = [:]

  public init(on device: any Device) { self.device = device }

  func mean(_ name: String, _ channels: Int) throws -> Tensor {
    try tensor(name + ".running_mean", channels, initially: 0)
  }

  func variance(_ name: String, _ channels: Int) throws -> Tensor {
    try tensor(name + ".running_var", channels, initially: 1)
  }

  private func tensor(_ name: String, _ channels: Int, initially value: Float) throws -> Tensor {
    if let tensor = tensors[name] {
      precondition(tensor.shape == [channels], "\(name): \(tensor.shape), asked for \(channels)")
      return tensor
    }
    let tensor = try device.empty([channels])
    try device.fill(tensor, with: value)
    tensors[name] = tensor
    return tensor
  }

  /// All of them by name, in the order of names.
  public func values() throws -> [(name: String, values: [Float])] {
    try tensors.sorted { $0.key < $1.key }.map { ($0.key, try device.read($0.value)) }
  }

  public func set(_ name: String, to values: [Float]) throws {
    tensors[name] = try device.tensor(values, [values.count])
  }

  /// The same numbers on another device.
  public func copied(to other: any Device) throws -> BatchNormStatistics {
    let copy = BatchNormStatistics(on: other)
    for (name, values) in try values() { try copy.set(name, to: values) }
    return copy
  }
}
