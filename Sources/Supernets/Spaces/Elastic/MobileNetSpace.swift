import Operators
import Search

/// An elastic MobileNet, in the manner of BigNAS (Yu and others 2020) and Once-for-all (Cai and
/// others 2020): resolution, depth, width, kernel and expansion are chosen from lists, per stage.
///
/// Stem, stages of inverted residual blocks (Sandler et al. 2018; squeeze-and-excitation where
/// asked for), a 1x1 head, global average pooling, a linear classifier. A space whose every list
/// has one option is a single network: the form in which a subnet is handed over.
public struct MobileNetSpace: NetworkSpace, Equatable {
  public struct Stem: Sendable, Equatable {
    public var width: [Int]
    public var kernel: Int
    public var stride: Int
    public var activation: Activation
  }

  public struct Stage: Sendable, Equatable {
    /// Blocks in the stage.
    public var depth: [Int]
    public var width: [Int]
    /// Of the depthwise convolutions: 3, 5 or 7.
    public var kernel: [Int]
    /// Hidden channels of a block over its input channels.
    public var expansion: [Int]
    /// Whether blocks have their expanding convolution even where nothing is expanded: those of a
    /// stage that may expand do, so that all its subnets share one shape of block.
    public var expands: Bool
    /// Of the first block.
    public var stride: Int
    public var activation: Activation
    public var squeezeExcitation: Bool
  }

  public struct Head: Sendable, Equatable {
    public var width: [Int]
    public var activation: Activation
  }

  public var name: String
  public var channels: Int
  public var classes: Int
  public var resolutions: [Int]
  public var stem: Stem
  public var stages: [Stage]
  public var head: Head
  public let searchSpace: SearchSpace
  public var isElastic: Bool { true }

  public init(
    name: String, channels: Int, classes: Int, resolutions: [Int], stem: Stem, stages: [Stage],
    head: Head
  ) throws {
    self.name = name
    self.channels = channels
    self.classes = classes
    self.resolutions = resolutions
    self.stem = stem
    self.stages = stages
    self.head = head
    var dimensions = [("resolution", resolutions), ("stem.width", stem.width)]
    for (i, stage) in stages.enumerated() {
      dimensions += [
        ("stage\(i + 1).depth", stage.depth), ("stage\(i + 1).width", stage.width),
        ("stage\(i + 1).kernel", stage.kernel), ("stage\(i + 1).expansion", stage.expansion),
      ]
    }
    dimensions.append(("head.width", head.width))
    searchSpace = try SearchSpace(dimensions.map { Dimension($0, $1) })
  }

  /// The space that holds this one architecture.
  public func fixed(to architecture: Architecture) throws -> any NetworkSpace {
    precondition(searchSpace.contains(architecture), "\(architecture) is not in \(name)")
    var choices = architecture.choices.makeIterator()
    func chosen(_ options: [Int]) -> [Int] { [options[choices.next() ?? 0]] }
    let resolutions = chosen(resolutions)
    var stem = stem
    stem.width = chosen(stem.width)
    let stages = stages.map { stage in
      var stage = stage
      stage.depth = chosen(stage.depth)
      stage.width = chosen(stage.width)
      stage.kernel = chosen(stage.kernel)
      stage.expansion = chosen(stage.expansion)
      return stage
    }
    var head = head
    head.width = chosen(head.width)
    return try MobileNetSpace(
      name: name, channels: channels, classes: classes, resolutions: resolutions, stem: stem,
      stages: stages, head: head)
  }

  public func resolution(of architecture: Architecture) -> Int {
    resolutions[architecture.choices[0]]
  }

  public func logits(
    _ architecture: Architecture, _ images: Variable, in pass: NetworkPass
  ) throws -> Variable {
    let choices = architecture.choices
    var x = try pass.convolution(
      "stem", images, kernel: stem.kernel, stride: stem.stride, channels: stem.width[choices[1]],
      activation: stem.activation)
    for (i, stage) in stages.enumerated() {
      let at = 2 + 4 * i
      for block in 0..<stage.depth[choices[at]] {
        x = try invertedResidual(
          "stages.\(i).blocks.\(block)", x, stage, stride: block == 0 ? stage.stride : 1,
          width: stage.width[choices[at + 1]], kernel: stage.kernel[choices[at + 2]],
          expansion: stage.expansion[choices[at + 3]], in: pass)
      }
    }
    x = try pass.convolution(
      "head", x, kernel: 1, channels: head.width[choices[2 + 4 * stages.count]],
      activation: head.activation)
    let features = try pass.dropout(try pass.apply(GlobalAveragePool(), x))
    return try pass.linear("classifier", features, outputs: classes)
  }

  private func invertedResidual(
    _ name: String, _ x: Variable, _ stage: Stage, stride: Int, width: Int, kernel: Int,
    expansion: Int, in pass: NetworkPass
  ) throws -> Variable {
    let inputs = x.shape[3]
    let hidden = inputs * expansion
    var y = x
    if stage.expands {
      y = try pass.convolution(
        name + ".expand", y, kernel: 1, channels: hidden, activation: stage.activation)
    }
    y = try pass.convolution(
      name + ".depthwise", y, kernel: kernel, stride: stride, channels: hidden, depthwise: true,
      activation: stage.activation)
    if stage.squeezeExcitation {
      y = try pass.squeezeExcitation(name + ".se", y, squeezed: max(4, hidden / 4))
    }
    return try pass.convolution(
      name + ".project", y, kernel: 1, channels: width, activation: .identity,
      residual: stride == 1 && inputs == width ? x : nil)
  }
}
