import Supernets

/// Networks that have the operator in them: a convolution, squared ReLU, a classifier.
struct SquaredReLUNetworks: NetworkSpace {
  let name = "squared-relu"
  let channels = 1
  let classes = 10
  let widths = [4, 8]
  let searchSpace: SearchSpace

  init() throws { searchSpace = try SearchSpace([Dimension("width", widths)]) }

  var isElastic: Bool { true }
  var configuration: ConfigurationValue { .mapping([("name", .text(name))]) }
  func resolution(of architecture: Architecture) -> Int { 12 }

  func logits(
    _ architecture: Architecture, _ images: Variable, in pass: NetworkPass
  ) throws -> Variable {
    let width = chosen("width", from: widths, in: architecture) ?? 1
    let x = try pass.convolution(
      "layer", images, kernel: 3, stride: 2, channels: width, activation: .identity)
    let features = try pass.apply(GlobalAveragePool(), try pass.apply(SquaredReLU(), x))
    return try pass.linear("classifier", features, outputs: classes)
  }
}
