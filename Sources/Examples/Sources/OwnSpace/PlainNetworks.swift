import Supernets

/// Convolutions one after the other: how many, how wide, how large their kernels.
struct PlainNetworks: NetworkSpace {
  let name: String
  let channels: Int
  let classes: Int
  let resolution: Int
  let depths: [Int]
  let widths: [Int]
  let kernels: [Int]
  let searchSpace: SearchSpace

  init(
    _ name: String, channels: Int, classes: Int, resolution: Int, depths: [Int], widths: [Int],
    kernels: [Int]
  ) throws {
    (self.name, self.channels, self.classes, self.resolution) = (
      name, channels, classes, resolution
    )
    (self.depths, self.widths, self.kernels) = (depths, widths, kernels)
    searchSpace = try SearchSpace([
      Dimension("depth", depths), Dimension("width", widths), Dimension("kernel", kernels),
    ])
  }

  /// Options ascend, so every architecture is a slice of the largest.
  var isElastic: Bool { true }

  func resolution(of architecture: Architecture) -> Int { resolution }

  func logits(
    _ architecture: Architecture, _ images: Variable, in pass: NetworkPass
  ) throws -> Variable {
    let depth = chosen("depth", from: depths, in: architecture) ?? 1
    let width = chosen("width", from: widths, in: architecture) ?? 1
    let kernel = chosen("kernel", from: kernels, in: architecture) ?? 3
    var x = images
    for layer in 0..<depth {
      x = try pass.convolution(
        "layers.\(layer)", x, kernel: kernel, stride: layer == 0 ? 2 : 1, channels: width,
        activation: .relu)
    }
    let features = try pass.dropout(try pass.apply(GlobalAveragePool(), x))
    return try pass.linear("classifier", features, outputs: classes)
  }
}
