/// A run that takes a second: tiny space, tiny images, the CPU.
enum TinyRun {
  static let space = """
    name: tiny
    input: {channels: 1, resolution: [12, 16]}
    classes: 10
    stem: {width: [4, 8], kernel: 3, stride: 2, activation: relu}
    stages:
      - {depth: [1, 2], width: [8, 12], kernel: [3, 5], expansion: [1, 2], stride: 2, squeeze-excitation: true}
    head: {width: [16]}

    """

  static func yaml(
    epochs: Int = 1, images: String = "images", space: String = "space.yaml", candidates: Int = 6,
    budgets: String = "budgets-ms: [1000, 2000]"
  ) -> String {
    """
    name: tiny
    space: \(space)
    device: cpu
    targets: [cpu]
    data: {dataset: idx, path: \(images), validation: 50}
    training: {epochs: \(epochs), batch: 8, warmup-steps: 2}
    search: {strategy: random, candidates: \(candidates), calibration-images: 32, latency-batch: 4, \(budgets)}

    """
  }
}
