import Search

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What a choice adds to a subnet's latency on each device, all else being equal.
public struct OptionEffect: Sendable, Codable, Equatable {
  /// `stage2.kernel`; or a kind, `kernel`, whose effect is the mean of its dimensions'.
  public var dimension: String
  public var option: String
  public var isKind: Bool
  /// On each device: the latency over that of the dimension's average option, minus 1.
  public var change: [Double]
  /// On each device: the same over what the devices say on average, minus 1; below 0 it likes it.
  public var againstAverage: [Double]

  /// - Parameter seconds: of each architecture, for each device.
  static func all(
    in space: SearchSpace, _ architectures: [Architecture], seconds: [[Double]]
  ) -> [OptionEffect] {
    guard architectures.count > 1 else { return [] }
    let inputs = architectures.map(space.oneHot)
    // Choices multiply a latency more than they add to it.
    let models = seconds.map { times in
      RidgeRegression(penalties: [0.01, 0.1, 1]).fitted(
        to: inputs, times.map { log($0) })
    }
    let zeros = [Double](repeating: 0, count: space.encodingLength)
    var (offset, all) = (0, [(dimension: Dimension, logs: [[Double]])]())
    for dimension in space.dimensions {
      let columns = offset..<offset + dimension.options.count
      offset = columns.upperBound
      guard columns.count > 1 else { continue }
      // Of a linear model, what a column adds to any input.
      let logs = models.map { model in
        let effects = columns.map { column in
          var input = zeros
          input[column] = 1
          return model.prediction(of: input).mean
        }
        let mean = effects.reduce(0, +) / Double(effects.count)
        return effects.map { $0 - mean }
      }
      all.append((dimension, logs))
    }
    return kinds(all)
      + all.flatMap { entry in
        entry.dimension.options.indices.map { index in
          OptionEffect(
            entry.dimension.name, entry.dimension.options[index], isKind: false,
            entry.logs.map { $0[index] })
        }
      }
  }

  /// Kinds that several dimensions are of and that have the same options there.
  private static func kinds(
    _ all: [(dimension: Dimension, logs: [[Double]])]
  ) -> [OptionEffect] {
    var names: [Substring] = []
    for kind in all.map(\.dimension.kind) where !names.contains(kind) { names.append(kind) }
    return names.flatMap { name -> [OptionEffect] in
      let members = all.filter { $0.dimension.kind == name }
      guard members.count > 1 else { return [] }
      var options: [String] = []
      for option in members.flatMap(\.dimension.options) where !options.contains(option) {
        options.append(option)
      }
      guard members.allSatisfy({ $0.dimension.options == options }) else { return [] }
      return options.indices.map { index in
        let logs = members[0].logs.indices.map { device in
          members.reduce(0) { $0 + $1.logs[device][index] } / Double(members.count)
        }
        return OptionEffect(String(name), options[index], isKind: true, logs)
      }
    }
  }

  private init(_ dimension: String, _ option: String, isKind: Bool, _ logs: [Double]) {
    self.dimension = dimension
    self.option = option
    self.isKind = isKind
    let average = logs.reduce(0, +) / Double(max(logs.count, 1))
    change = logs.map { exp($0) - 1 }
    againstAverage = logs.map { exp($0 - average) - 1 }
  }
}
