import Operators

/// Convolutions of the space `mobilenet-28-large` at 28x28, in the training batch, of MobileNetV2 and of NAS-Bench-201;
/// depthwise ones also of images whose rows end with part of a tile, as of 192 and 160 pixels.
///
/// A line is a case: its three passes follow.
enum ConvolutionCases {
  static let batch = 128

  static var all: [OperatorBenchmark] {
    [
      pointwise(28, 24, 144), pointwise(14, 192, 32), pointwise(14, 32, 192),
      pointwise(7, 56, 336), pointwise(7, 336, 56), pointwise(7, 384, 96), pointwise(7, 96, 576),
      pointwise(1, 96, 192),
      dense(28, 1, 24), dense(28, 24, 24), dense(14, 64, 64),
      dense(32, 16, 16, batch: 64), dense(16, 32, 32, batch: 64), dense(8, 64, 64, batch: 64),
      dense(224, 3, 32, stride: 2, batch: 8),
      depthwise(28, 24, kernel: 3), depthwise(28, 144, kernel: 5, stride: 2),
      depthwise(28, 144, kernel: 3, stride: 2), depthwise(14, 192, kernel: 3),
      depthwise(14, 192, kernel: 5), depthwise(14, 192, kernel: 5, stride: 2),
      depthwise(7, 336, kernel: 3), depthwise(7, 336, kernel: 5), depthwise(7, 384, kernel: 5),
      depthwise(6, 336, kernel: 3), depthwise(10, 240, kernel: 5),
      depthwise(112, 32, kernel: 3, batch: 8), depthwise(112, 96, kernel: 3, stride: 2, batch: 8),
    ]
  }

  static func pointwise(_ side: Int, _ inputs: Int, _ outputs: Int) -> OperatorBenchmark {
    OperatorBenchmark(
      "1x1 \(side)x\(side) \(inputs)->\(outputs)", Convolution(),
      [.activation(batch, side, side, inputs), .parameter(1, 1, inputs, outputs)], .ofWeights)
  }

  static func dense(
    _ side: Int, _ inputs: Int, _ outputs: Int, kernel: Int = 3, stride: Int = 1,
    batch: Int = batch
  ) -> OperatorBenchmark {
    OperatorBenchmark(
      title("dense", side, kernel, stride) + " \(inputs)->\(outputs)",
      .same(kernel: kernel, stride: stride) as Convolution,
      [.activation(batch, side, side, inputs), .parameter(kernel, kernel, inputs, outputs)],
      .ofWeights)
  }

  static func depthwise(
    _ side: Int, _ channels: Int, kernel: Int, stride: Int = 1, batch: Int = batch
  ) -> OperatorBenchmark {
    OperatorBenchmark(
      title("depthwise", side, kernel, stride) + " \(channels)",
      .same(kernel: kernel, stride: stride, groups: channels) as Convolution,
      [.activation(batch, side, side, channels), .parameter(kernel, kernel, 1, channels)],
      .ofWeights)
  }

  private static func title(_ kind: String, _ side: Int, _ kernel: Int, _ stride: Int) -> String {
    "\(kind) \(kernel)x\(kernel)\(stride > 1 ? "/\(stride)" : "") \(side)x\(side)"
  }
}

extension [OperatorBenchmark.Pass] {
  fileprivate static var ofWeights: Self { OperatorBenchmark.Pass.ofWeights }
}
