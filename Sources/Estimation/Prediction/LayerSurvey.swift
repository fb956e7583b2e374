import Search
import Supernets

/// The layers that architectures of a space have, each configuration once, the most frequent first.
public struct LayerSurvey {
  public private(set) var layers: [Layer] = []

  /// Architectures in a row that bring nothing new, to believe that nothing is left.
  private static let patience = 1_000
  private static let most = 20_000

  /// Looks at the ends of a space, then at random architectures until they bring nothing new.
  public init(_ space: any NetworkSpace, batch: Int, seed: UInt64 = 1) throws {
    var generator = SeededGenerator(seed: seed, stream: -11)
    var found: [String: (layer: Layer, count: Int)] = [:]
    var (drawn, idle) = (0, 0)
    func look(at architecture: Architecture) throws {
      var isNew = false
      for layer in try space.layers(of: architecture, batch: batch) {
        let key = layer.configuration
        isNew = isNew || found[key] == nil
        found[key, default: (layer, 0)].count += 1
      }
      idle = isNew ? 0 : idle + 1
      drawn += 1
    }
    for architecture in [space.smallest, space.largest] + space.covering {
      try look(at: architecture)
    }
    while idle < Self.patience, drawn < Self.most, Double(drawn) < 20 * space.searchSpace.count {
      try look(at: space.searchSpace.random(using: &generator))
    }
    layers = found.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }.map(\.value.layer)
  }
}
