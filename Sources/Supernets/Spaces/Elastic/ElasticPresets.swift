/// The elastic spaces that come with the program.
extension SpaceCatalogue {
  static let elasticPresets = [
    mobilenet28, mobilenet28Large, mobilenet32, mobilenet64, mobilenet224,
  ]

  private static let mobilenet28 = Preset(
    name: "mobilenet-28", summary: "28x28 grey images; trains in minutes on two CPU cores",
    yaml: """
      name: mobilenet-28
      input: {channels: 1, resolution: [20, 24, 28]}
      classes: 10
      stem: {width: [8, 16], kernel: 3, stride: 2, activation: relu}
      stages:
        - {depth: [1, 2], width: [16, 24], kernel: [3, 5], expansion: [2, 3], stride: 1}
        - {depth: [1, 2, 3], width: [32, 48], kernel: [3, 5], expansion: [2, 3], stride: 2}
        - {depth: [1, 2], width: [64, 80], kernel: [3, 5], expansion: [2, 3], stride: 1, squeeze-excitation: true}
      head: {width: [128]}

      """)

  private static let mobilenet28Large = Preset(
    name: "mobilenet-28-large",
    summary: "28x28 grey images at full resolution; for a GPU or an hour",
    yaml: """
      name: mobilenet-28-large
      input: {channels: 1, resolution: [20, 24, 28]}
      classes: 10
      stem: {width: [16, 24], kernel: 3, stride: 1, activation: relu}
      stages:
        - {depth: [1, 2], width: [16, 24], kernel: 3, expansion: 1, stride: 1}
        - {depth: [2, 3], width: [24, 32], kernel: [3, 5], expansion: [3, 6], stride: 2}
        - {depth: [2, 3, 4], width: [40, 56], kernel: [3, 5], expansion: [3, 6], stride: 2}
        - {depth: [2, 3, 4], width: [64, 96], kernel: [3, 5], expansion: [3, 6], stride: 1}
      head: {width: [128, 192]}

      """)

  private static let mobilenet32 = Preset(
    name: "mobilenet-32", summary: "32x32 colour images (CIFAR-like)",
    yaml: """
      name: mobilenet-32
      input: {channels: 3, resolution: [24, 28, 32]}
      classes: 10
      stem: {width: [16, 24], kernel: 3, stride: 1, activation: hard-swish}
      stages:
        - {depth: [1, 2], width: [16, 24], kernel: 3, expansion: 1, stride: 1}
        - {depth: [2, 3], width: [24, 32], kernel: [3, 5], expansion: [3, 4, 6], stride: 2}
        - {depth: [2, 3, 4], width: [40, 56], kernel: [3, 5, 7], expansion: [3, 4, 6], stride: 2, activation: hard-swish, squeeze-excitation: true}
        - {depth: [2, 3, 4], width: [64, 96], kernel: [3, 5, 7], expansion: [3, 4, 6], stride: 1, activation: hard-swish, squeeze-excitation: true}
      head: {width: [160, 256], activation: hard-swish}

      """)

  private static let mobilenet64 = Preset(
    name: "mobilenet-64", summary: "64x64 colour images; trains in minutes on two CPU cores",
    yaml: """
      name: mobilenet-64
      input: {channels: 3, resolution: [48, 64]}
      classes: 10
      stem: {width: [8, 16], kernel: 3, stride: 2, activation: hard-swish}
      stages:
        - {depth: 1, width: [8, 16], kernel: 3, expansion: 1, stride: 1}
        - {depth: [1, 2], width: [16, 24], kernel: [3, 5], expansion: [2, 3], stride: 2}
        - {depth: [1, 2, 3], width: [32, 48], kernel: [3, 5], expansion: [2, 3], stride: 2, activation: hard-swish, squeeze-excitation: true}
        - {depth: [1, 2], width: [64, 80], kernel: [3, 5], expansion: [2, 3], stride: 2, activation: hard-swish, squeeze-excitation: true}
      head: {width: [128], activation: hard-swish}

      """)

  /// The AttentiveNAS space (Wang and others 2021), per stage.
  private static let mobilenet224 = Preset(
    name: "mobilenet-224", summary: "224x224 colour images (ImageNet-like), after AttentiveNAS",
    yaml: """
      name: mobilenet-224
      input: {channels: 3, resolution: [192, 224, 256, 288]}
      classes: 1000
      stem: {width: [16, 24], kernel: 3, stride: 2, activation: swish}
      stages:
        - {depth: [1, 2], width: [16, 24], kernel: [3, 5], expansion: 1, stride: 1, activation: swish}
        - {depth: [3, 4, 5], width: [24, 32], kernel: [3, 5], expansion: [4, 5, 6], stride: 2, activation: swish}
        - {depth: [3, 4, 5, 6], width: [32, 40], kernel: [3, 5], expansion: [4, 5, 6], stride: 2, activation: swish, squeeze-excitation: true}
        - {depth: [3, 4, 5, 6], width: [64, 72], kernel: [3, 5], expansion: [4, 5, 6], stride: 2, activation: swish}
        - {depth: [3, 4, 5, 6, 7, 8], width: [112, 120, 128], kernel: [3, 5], expansion: [4, 5, 6], stride: 1, activation: swish, squeeze-excitation: true}
        - {depth: [3, 4, 5, 6, 7, 8], width: [192, 200, 208, 216], kernel: [3, 5], expansion: 6, stride: 2, activation: swish, squeeze-excitation: true}
        - {depth: [1, 2], width: [216, 224], kernel: [3, 5], expansion: 6, stride: 1, activation: swish, squeeze-excitation: true}
      head: {width: [1792, 1984], activation: swish}

      """)
}
