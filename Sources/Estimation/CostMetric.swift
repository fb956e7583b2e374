/// The names of what is known of an architecture before it is judged; less is better.
public enum CostMetric {
  public static let multiplyAdds = "multiply-adds"
  public static let parameters = "parameters"
  public static let peakBytes = "peak-bytes"
  /// Those that are counted, not timed.
  public static let counted = [multiplyAdds, parameters, peakBytes]

  private static let latencyPrefix = "latency."

  /// Seconds for one image on a device.
  public static func latency(on device: String) -> String { latencyPrefix + device }

  /// The device that a latency is of; `nil` for other metrics.
  public static func device(ofLatency metric: String) -> String? {
    metric.hasPrefix(latencyPrefix) ? String(metric.dropFirst(latencyPrefix.count)) : nil
  }

  public static func contains(_ metric: String) -> Bool {
    counted.contains(metric) || device(ofLatency: metric) != nil
  }
}
