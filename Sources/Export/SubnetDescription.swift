import Supernets

/// What lies beside a subnet's weights: all that is needed to build and feed it, as JSON.
struct SubnetDescription: Encodable {
  static let format = "supernet-subnet-1"

  struct Input: Encodable {
    var channels: Int
    var resolution: [Int]
  }
  struct Stem: Encodable {
    var width: [Int]
    var kernel: Int
    var stride: Int
    var activation: String
  }
  struct Stage: Encodable {
    var depth: [Int]
    var width: [Int]
    var kernel: [Int]
    var expansion: [Int]
    var expands: Bool
    var stride: Int
    var activation: String
    var squeezeExcitation: Bool

    enum CodingKeys: String, CodingKey {
      case depth, width, kernel, expansion, expands, stride, activation
      case squeezeExcitation = "squeeze-excitation"
    }
  }
  struct Head: Encodable {
    var width: [Int]
    var activation: String
  }
  /// A space whose lists have one option each, with the keys of a space file.
  struct Network: Encodable {
    var name: String
    var kind = "mobilenet"
    var input: Input
    var classes: Int
    var stem: Stem
    var stages: [Stage]
    var head: Head

    init(_ space: MobileNetSpace) {
      name = space.name
      input = Input(channels: space.channels, resolution: space.resolutions)
      classes = space.classes
      stem = Stem(
        width: space.stem.width, kernel: space.stem.kernel, stride: space.stem.stride,
        activation: space.stem.activation.name)
      stages = space.stages.map {
        Stage(
          depth: $0.depth, width: $0.width, kernel: $0.kernel, expansion: $0.expansion,
          expands: $0.expands,
          stride: $0.stride, activation: $0.activation.name,
          squeezeExcitation: $0.squeezeExcitation)
      }
      head = Head(width: space.head.width, activation: space.head.activation.name)
    }
  }
  /// (pixel/255 - mean) / std, per channel; images are resized bilinearly to the resolution after.
  struct Normalization: Encodable {
    var mean: [Float]
    var std: [Float]
  }

  var format = Self.format
  /// The safetensors file beside this one.
  var weights: String
  var network: Network
  var normalization: Normalization
  /// Side of the images it was trained on, before they are resized to its resolution.
  var imageSize: Int
  var classNames: [String]

  enum CodingKeys: String, CodingKey {
    case format, weights, network, normalization
    case classNames = "class-names"
    case imageSize = "image-size"
  }
}
