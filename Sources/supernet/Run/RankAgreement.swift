import Export
import Ranks
import TensorFiles

extension Run {
  /// Refuses ranks that would train something else than the first one: other images, which each
  /// machine finds by itself, another file, or another version.
  func requireSameRun() throws {
    var checksum = Checksum()
    for part in [SupernetVersion.text, configuration.space.yaml, data.identity]
      + configuration.training.fields.map({ "\($0.key): \($0.value)" })
    {
      checksum.combine(part)
    }
    let own = Array(checksum.text.utf8)
    let all = ranks.gathered(own)
    let other = (0..<ranks.size).first {
      all[$0 * own.count..<($0 + 1) * own.count] != all[..<own.count]
    }
    guard let other else { return }
    throw ConfigurationError(
      "rank \(other) was given another run than rank 0 (version, space, training or images, here "
        + "\(data.identity)); give all ranks the same files and images")
  }
}
