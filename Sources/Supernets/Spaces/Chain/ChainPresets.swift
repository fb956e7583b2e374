/// The chains that come with the program.
extension SpaceCatalogue {
  static let chainPresets = [
    Preset(
      name: "chain-28", summary: "28x28 grey images; up to 8 layers of any kind",
      yaml: """
        name: chain-28
        kind: chain
        input: {channels: 1, resolution: 28}
        classes: 10
        stages:
          - {depth: [1, 2], stride: 1, operations: [conv-3x3, conv-5x5, depthwise-separable-3x3], width: [8, 16], activation: [relu, relu6, hard-swish]}
          - {depth: [1, 2, 3], stride: 2, operations: [identity, max-pool-3x3, average-pool-3x3, squeeze-excitation, conv-3x3, conv-5x5, depthwise-separable-3x3, inverted-residual-3x3, residual-bottleneck], width: [16, 32], activation: [relu, swish, tanh, sigmoid], skip: [false, true]}
          - {depth: [1, 2, 3], stride: 2, operations: [identity, max-pool-3x3, squeeze-excitation, conv-3x3, depthwise-separable-5x5, inverted-residual-5x5, residual-bottleneck], width: [32, 64], activation: [relu, hard-swish, swish], skip: [false, true]}
        head: {depth: [0, 1], width: [64, 128]}

        """)
  ]
}
