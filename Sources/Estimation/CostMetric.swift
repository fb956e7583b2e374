/// The names of what is known of an architecture before it is judged; less is better.
public enum CostMetric {
  public static let multiplyAdds = "multiply-adds"
  public static let parameters = "parameters"
  public static let peakBytes = "peak-bytes"
  public static let fileBytes = "file-bytes"
  /// Those that are counted, not measured.
  public static let counted = [multiplyAdds, parameters, peakBytes, fileBytes]
  /// How they are all named, for messages.
  public static let names =
    counted.joined(separator: ", ") + ", latency.DEVICE[@BATCH], energy.DEVICE[@BATCH]"

  /// What a device takes for a pass.
  public struct OnDevice: Sendable, Hashable {
    public enum Quantity: String, Sendable { case latency, energy }

    public var quantity: Quantity
    public var device: String
    public var batch: Int

    /// Reads `latency.cpu` (of one image) and `energy.opencl:0@16`; nil where it is neither.
    public init?(_ metric: String) {
      guard let dot = metric.firstIndex(of: "."),
        let quantity = Quantity(rawValue: String(metric[..<dot]))
      else { return nil }
      self.quantity = quantity
      let rest = metric[metric.index(after: dot)...]
      guard let at = rest.lastIndex(of: "@") else {
        (device, batch) = (String(rest), 1)
        return
      }
      guard let batch = Int(rest[rest.index(after: at)...]), (1...65_536).contains(batch) else {
        return nil
      }
      (device, self.batch) = (String(rest[..<at]), batch)
    }

    /// As it is read.
    public var text: String { "\(quantity).\(device)" + (batch == 1 ? "" : "@\(batch)") }
  }

  /// Seconds of a pass on a device.
  public static func latency(on device: String, batch: Int = 1) -> String {
    "latency.\(device)" + (batch == 1 ? "" : "@\(batch)")
  }

  public static func contains(_ metric: String) -> Bool {
    counted.contains(metric) || OnDevice(metric) != nil
  }
}
