import Operators
import Search

/// Layers one after the other, each with an operation, a width, an activation and perhaps a skip
/// connection of its own (Elsken, Metzen and Hutter 2019, section 2: chain-structured networks).
///
/// Layers come in stages; the first layer of a stage takes its stride. After the last come global
/// average pooling, linear layers if there are any, and a linear classifier.
public struct ChainSpace: NetworkSpace {
  public struct Stage: Sendable, Equatable {
    /// Layers in the stage; 0 leaves it out.
    public var depth: [Int]
    public var stride: Int
    /// Names of `ChainOperation.all`, in its order.
    public var operations: [String]
    public var width: [Int]
    public var activation: [Activation]
    /// Whether a layer's input is added to its output, where shapes allow it.
    public var skip: [Bool]
  }

  /// Linear layers before the classifier.
  public struct Head: Sendable, Equatable {
    public var depth: [Int]
    public var width: [Int]
    public var activation: [Activation]
  }

  public let name: String
  public let channels: Int
  public let classes: Int
  public let resolutions: [Int]
  public let stages: [Stage]
  public let head: Head
  public let searchSpace: SearchSpace

  public init(
    name: String, channels: Int, classes: Int, resolutions: [Int], stages: [Stage], head: Head
  ) throws {
    self.name = name
    self.channels = channels
    self.classes = classes
    self.resolutions = resolutions
    self.stages = stages
    self.head = head
    searchSpace = try SearchSpace(
      [Dimension("resolution", resolutions)]
        + stages.enumerated().flatMap { $0.element.dimensions("stage\($0.offset + 1)") }
        + head.dimensions())
  }

  public func resolution(of architecture: Architecture) -> Int {
    resolutions[architecture.choices[0]]
  }

  /// Every operation in every layer, behind a convolution, from narrow to wide and from wide to
  /// narrow: projections of shortcuts are there only where widths differ.
  public var covering: [Architecture] {
    let most = stages.map(\.operations.count).max() ?? 1
    return (0..<most).flatMap { operation in
      [(0, nil), (1, nil), (0, 0), (1, 0), (0, 1), (1, 1)].map { parity, narrow in
        alternating(operation, in: parity, narrow: narrow)
      }
    }
  }

  /// The deepest architecture, with an operation in every other layer and the last ones between, at
  /// full width but for every other layer, if asked for.
  private func alternating(_ operation: Int, in parity: Int, narrow: Int?) -> Architecture {
    var layer = 0
    return searchSpace.canonical(
      Architecture(
        searchSpace.dimensions.map { dimension in
          let last = dimension.options.count - 1
          switch dimension.kind {
          case "operation":
            layer += 1
            return layer % 2 == parity ? min(operation, last) : last
          case "width": return layer % 2 == narrow ? 0 : last
          default: return last
          }
        }))
  }

  /// What one layer of an architecture is.
  struct Layer: Equatable {
    var name: String
    var operation: ChainOperation
    var width: Int
    var activation: Activation
    var skips: Bool
    var stride: Int

    static func == (left: Layer, right: Layer) -> Bool {
      left.name == right.name && left.operation.name == right.operation.name
    }
  }

  /// The layers that an architecture has, in order.
  func layers(of architecture: Architecture) -> [Layer] {
    stages.enumerated().flatMap { number, stage -> [Layer] in
      let place = "stage\(number + 1)"
      let depth = chosen(place + ".depth", from: stage.depth, in: architecture) ?? 0
      return (0..<depth).map { index in
        let layer = "\(place).layer\(index + 1)"
        let name = chosen(layer + ".operation", from: stage.operations, in: architecture) ?? ""
        guard let operation = ChainOperation.all.first(where: { $0.name == name }) else {
          preconditionFailure("no operation \(name)")
        }
        return Layer(
          name: "stages.\(number).layers.\(index)", operation: operation,
          width: chosen(layer + ".width", from: stage.width, in: architecture) ?? 0,
          activation: chosen(layer + ".activation", from: stage.activation, in: architecture)
            ?? .identity,
          skips: chosen(layer + ".skip", from: stage.skip, in: architecture) ?? false,
          stride: index == 0 ? stage.stride : 1)
      }
    }
  }

  public func logits(
    _ architecture: Architecture, _ images: Variable, in pass: NetworkPass
  ) throws -> Variable {
    var x = images
    for layer in layers(of: architecture) {
      let y = try layer.operation.apply(
        ChainLayer(
          name: "\(layer.name).\(layer.operation.name)", input: x, width: layer.width,
          activation: layer.activation, stride: layer.stride, pass: pass))
      x = layer.skips && x.shape == y.shape ? try pass.apply(Add(), x, y) : y
    }
    x = try pass.apply(GlobalAveragePool(), x)
    for index in 0..<(chosen("head.depth", from: head.depth, in: architecture) ?? 0) {
      let width = chosen("head.layer\(index + 1).width", from: head.width, in: architecture)
      let activation = chosen(
        "head.layer\(index + 1).activation", from: head.activation, in: architecture)
      x = try pass.apply(
        ActivationFunction(activation ?? .identity),
        try pass.linear("head.\(index)", x, outputs: width ?? classes))
    }
    return try pass.linear("classifier", try pass.dropout(x), outputs: classes)
  }

  /// Whether a skip connection is taken says nothing where shapes do not allow one.
  public func canonicalText(of architecture: Architecture) -> String {
    var (width, words) = (channels, [searchSpace.dimensions[0].options[architecture.choices[0]]])
    for layer in layers(of: architecture) {
      let outputs = layer.operation.convolves ? layer.width : width
      let skips = layer.skips && layer.stride == 1 && outputs == width
      width = outputs
      if layer.operation.name == "identity", layer.stride == 1 { continue }
      words.append(
        "\(layer.operation.name):\(layer.stride):\(layer.width):\(layer.activation):\(skips)")
    }
    let dimensions = searchSpace.text(of: architecture).split(separator: " ")
    return (words + dimensions.filter { $0.hasPrefix("head.") }.map(String.init))
      .joined(separator: " ")
  }
}

extension ChainSpace.Stage {
  fileprivate func dimensions(_ place: String) -> [Dimension] {
    let convolutions = operations.indices.filter { index in
      ChainOperation.all.contains { $0.name == operations[index] && $0.convolves }
    }
    return [Dimension(place + ".depth", depth)]
      + (1...max(1, depth.max() ?? 1)).flatMap { number -> [Dimension] in
        let layer = "\(place).layer\(number)"
        let deep = depth.indices.filter { depth[$0] >= number }
        let isHere = Condition(place + ".depth", isAmong: deep)
        var dimensions = [
          Dimension(
            layer + ".operation", options: operations,
            condition: deep.count == depth.count ? nil : isHere)
        ]
        guard !convolutions.isEmpty else { return dimensions }
        let convolves = Condition(layer + ".operation", isAmong: convolutions)
        dimensions += [
          Dimension(layer + ".width", width, condition: convolves),
          Dimension(
            layer + ".activation", options: activation.map(\.name), condition: convolves),
          Dimension(
            layer + ".skip", options: skip.map { $0 ? "yes" : "no" }, condition: convolves),
        ]
        return dimensions
      }
  }
}

extension ChainSpace.Head {
  fileprivate func dimensions() -> [Dimension] {
    guard let most = depth.max(), most > 0 else { return [] }
    return [Dimension("head.depth", depth)]
      + (1...most).flatMap { number in
        let deep = depth.indices.filter { depth[$0] >= number }
        let isHere =
          deep.count == depth.count ? nil : Condition("head.depth", isAmong: deep)
        return [
          Dimension("head.layer\(number).width", width, condition: isHere),
          Dimension(
            "head.layer\(number).activation", options: activation.map(\.name), condition: isHere),
        ]
      }
  }
}
