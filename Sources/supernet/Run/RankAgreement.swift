import Export
import Ranks
import TensorFiles

extension Run {
  /// Refuses ranks that would work on something else than the first one: other images, which each
  /// machine finds by itself, another file, or another version.
  func requireSameRun() throws {
    try ranks.requireSame(
      [configuration.space.yaml, data.identity]
        + configuration.training.fields.map { "\($0.key): \($0.value)" })
  }
}

extension Communicator {
  /// Refuses ranks of which one has been given other words than the first one, or is of another
  /// version.
  func requireSame(_ parts: [String]) throws {
    guard !isAlone else { return }
    var checksum = Checksum()
    for part in [SupernetVersion.text] + parts { checksum.combine(part) }
    let all = gatheredMessages(Array(checksum.text.utf8))
    guard let other = all.firstIndex(where: { $0 != all[0] }) else { return }
    throw ConfigurationError(
      "rank \(other) was given other work than rank 0 (version, space, settings or images); give "
        + "all ranks the same files and images")
  }
}
