import Compute
import Operators

/// Whether a device computes what the processor does.
///
/// The numbers of a driver that miscompiles look like any others. So before training begins, the
/// gradients of a few images are made on both.
extension Trainer {
  /// Images that both are given at once.
  private static let agreementImages = 8
  /// The most that a layer's gradients may differ by, relative to their length.
  ///
  /// Sums in another order make 1e-4 of it.
  private static let agreementLimit = 0.02
  /// What needs no other images to be believed, and how many times others are taken.
  ///
  /// Now and then a number lies so near an activation's bend, or two of a pool's so near each other,
  /// that sums in another order take the other side: of a small network's gradients that is some per
  /// cent. Other images do not do it in the same layer; a miscompiled kernel does.
  private static let soundDifference = 0.002
  private static let agreementTries = 5

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

  /// The layer whose gradients differ most between the supernet's device and another one.
  ///
  /// By the length of the difference, relative to theirs and at least to a thousandth of all layers'.
  /// Of several sets of images a layer's least difference counts.
  public func largestDisagreement(
    with other: any Device
  ) throws -> (layer: String, difference: Double) {
    let copy = try Supernet(copying: supernet, to: other)
    let entries = supernet.layout.entries
    var least = [Double](repeating: .infinity, count: entries.count)
    var worst = 0
    for attempt in 0..<Self.agreementTries {
      let found = differences(
        of: try agreementGradients(supernet, attempt), from: try agreementGradients(copy, attempt))
      // Not a number is no less than any.
      for (layer, difference) in found.enumerated() where difference < least[layer] {
        least[layer] = difference
      }
      worst = least.indices.max { least[$0] < least[$1] } ?? 0
      if least[worst] <= Self.soundDifference { break }
    }
    return (entries[worst].name, least[worst])
  }

  /// Of each layer, by how much its gradients differ.
  private func differences(of ours: [Float], from theirs: [Float]) -> [Double] {
    func length(_ values: some Sequence<Float>) -> Double {
      values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
    }
    let least = 1e-3 * length(theirs)
    return supernet.layout.entries.map { entry in
      let range = entry.offset..<entry.offset + entry.count
      let distance = length(zip(ours[range], theirs[range]).lazy.map { $0 - $1 })
      return distance / max(length(theirs[range]), least, .leastNormalMagnitude)
    }
  }

  /// - Parameter attempt: which of the first images they are of.
  private func agreementGradients(_ supernet: Supernet, _ attempt: Int) throws -> [Float] {
    let batch = try batches.batch(epoch: 0, index: attempt % batches.batchCount)
    let parts = max(1, batch.count / Self.agreementImages)
    let gradients = try supernet.zeroGradients()
    _ = try addGradients(
      to: supernet, of: batch.part(attempt / batches.batchCount % parts, of: parts),
      share: 1 / Float(batch.count), supernet.space.covering,
      dropout: recipe.dropout > 0 ? Dropout(rate: recipe.dropout, seed: 1) : nil)
    return try supernet.device.read(gradients)
  }
}
