/// A 1x1 convolution of stride 1: a matrix product over the rows N*H*W.
struct PointwiseConvolution: ConvolutionMethod {
  private func rows(_ x: Tensor) -> Tensor { x.reshaped([x.count / x.shape[3], x.shape[3]]) }

  private func matrix(_ w: Tensor) -> Tensor {
    Tensor(
      storage: w.storage, offset: w.offset, shape: [w.shape[2], w.shape[3]],
      strides: [w.strides[2], 1])
  }

  func forward(_ x: Tensor, _ w: Tensor, into y: Tensor) throws {
    try MatrixProduct.multiply(
      rows(x), matrix(w), into: GradientSink(rows(y), accumulate: false))
  }

  func inputGradient(
    _ x: Tensor, _ w: Tensor, _ gradient: Tensor, into sink: GradientSink
  ) throws {
    let turned = try MatrixProduct.transposed(w)
    try MatrixProduct.multiply(
      rows(gradient), turned.reshaped([w.shape[3], w.shape[2]]),
      into: GradientSink(rows(sink.tensor), accumulate: sink.accumulate))
  }

  func weightGradient(
    _ x: Tensor, _ w: Tensor, _ gradient: Tensor, into sink: GradientSink
  ) throws {
    try MatrixProduct.multiplyTransposed(
      rows(x), rows(gradient),
      into: GradientSink(matrix(sink.tensor), accumulate: sink.accumulate))
  }
}
