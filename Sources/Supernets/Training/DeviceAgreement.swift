import Compute
import Operators

/// Whether a device computes what the processor does.
///
/// The numbers of a driver that miscompiles look like any others. So before training begins, the
/// gradients of a few images are made on both.
extension Trainer {
  /// Images that both are given.
  private static let agreementImages = 8
  /// The most that a layer's gradients may differ by, relative to their length.
  ///
  /// Sums in another order make 1e-4 of it.
  private static let agreementLimit = 0.02

  /// Throws where the device's gradients are not the processor's, naming the layer.
  ///
  /// They are those of subnets that have all layers between them. Nothing is changed.
  public func requireAgreement() throws {
    let device = supernet.device
    guard !(device is NativeDevice) else { return }
    let (name, difference) = try largestDisagreement(with: NativeDevice())
    guard !(difference <= Self.agreementLimit) else { return }
    throw DeviceError(
      "\(device.description.identifier) \(device.description.name): computes other numbers than the "
        + "processor (gradients of \(name) by \((100 * difference).rounded()) %), its driver miscompiles: "
        + "`supernet check` tells which operators; update the driver, or use another device, such as `cpu`"
    )
  }

  /// The layer whose gradients differ most between the supernet's device and another one: by the
  /// length of the difference, relative to theirs and at least to a thousandth of all layers'.
  public func largestDisagreement(
    with other: any Device
  ) throws -> (layer: String, difference: Double) {
    let (ours, theirs) = (
      try agreementGradients(supernet),
      try agreementGradients(Supernet(copying: supernet, to: other))
    )
    func length(_ values: some Sequence<Float>) -> Double {
      values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    let least = 1e-3 * length(theirs)
    var worst = (layer: "", difference: 0.0)
    for entry in supernet.layout.entries {
      let range = entry.offset..<entry.offset + entry.count
      let distance = length(zip(ours[range], theirs[range]).lazy.map { $0 - $1 })
      let difference = distance / max(length(theirs[range]), least, .leastNormalMagnitude)
      if !(difference <= worst.difference) { worst = (entry.name, difference) }
    }
    return worst
  }

  private func agreementGradients(_ supernet: Supernet) throws -> [Float] {
    let batch = try batches.batch(epoch: 0, index: 0)
    let gradients = try supernet.zeroGradients()
    _ = try addGradients(
      to: supernet, of: batch.part(0, of: max(1, batch.count / Self.agreementImages)),
      share: 1 / Float(batch.count), supernet.space.covering,
      dropout: recipe.dropout > 0 ? Dropout(rate: recipe.dropout, seed: 1) : nil)
    return try supernet.device.read(gradients)
  }
}
