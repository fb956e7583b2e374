import Compute
import Search

/// What the first rank asks of the others, and of itself, while all of them search.
enum RankTask: Codable {
  /// Judge a candidate; first learn what other ranks have judged since the last time.
  case judge(Architecture, fidelity: Double, seed: UInt64, others: [Trial])
  /// Time a subnet on a device that this rank has.
  case time(Architecture, batch: Int, device: String, isCareful: Bool)
  /// Refuse a metric that cannot be measured here.
  case require(metric: String)
  /// Describe a device that this rank has.
  case describe(device: String)
  /// There is nothing more to do.
  case end
}

/// What comes back, one for each task but the last.
enum RankAnswer: Codable {
  case metrics([String: Double])
  case latency(Latency)
  case device(DeviceDescription)
  case done
  /// Only this candidate cannot be judged or timed.
  case refused(String)
  /// Ctrl-C came first.
  case interrupted
}

/// How both travel.
enum RankMessage {
  static func bytes(_ value: some Encodable) throws -> [UInt8] {
    try Array(StudyCoding.encoder.encode(value))
  }

  static func value<Value: Decodable>(_ bytes: [UInt8]) throws -> Value {
    try bytes.withUnsafeBytes { try StudyCoding.decoder.decode(Value.self, from: .init($0)) }
  }
}
