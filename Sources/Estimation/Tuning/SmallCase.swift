import Operators
import Search

/// A convolution of a kind that a network has, on a small odd shape.
struct SmallCase {
  let convolution: Convolution
  let x: ReferenceArray
  let w: ReferenceArray
  let gradient: ReferenceArray
  let sampledX: [Int]
  let sampledW: [Int]

  init(like work: ConvolutionWork) {
    let isDepthwise = work.convolution.groups > 1
    let channels = 19
    convolution = Convolution(
      stride: work.convolution.stride, padding: work.convolution.padding,
      dilation: work.convolution.dilation, groups: isDepthwise ? channels : 1)
    let kernel = work.w[0]
    let shapes: (x: Shape, w: Shape) = (
      x: [2, 11, 9, channels],
      w: isDepthwise ? [kernel, kernel, 1, channels] : [kernel, kernel, channels, 53]
    )
    var generator = SeededGenerator(seed: 5)
    func random(_ shape: Shape) -> ReferenceArray {
      // Of float32: both precisions start alike.
      ReferenceArray(
        shape,
        (0..<shape.product).map { _ in Double(Float(2 * generator.unit() - 1)) })
    }
    x = random(shapes.x)
    w = random(shapes.w)
    gradient = random(convolution.outputShape([shapes.x, shapes.w]))
    let counts = (x: x.values.count, w: w.values.count)
    sampledX = (0..<12).map { $0 * (counts.x - 1) / 11 }
    sampledW = (0..<12).map { $0 * (counts.w - 1) / 11 }
  }

  /// Tells cases apart.
  var key: [Int] {
    Array(x.shape) + w.shape
      + [convolution.stride, convolution.padding, convolution.dilation, convolution.groups]
  }

  func buckets(on device: any Device) throws -> [WorkBucket] {
    let counting = CountingDevice(imitating: device)
    _ = try computed(on: counting)
    return counting.asked
  }

  func computed(on device: any Device) throws -> (y: [Float], dx: [Float], dw: [Float]) {
    func tensor(_ array: ReferenceArray) throws -> Tensor {
      try device.tensor(array.values.map(Float.init), array.shape)
    }
    let inputs = [try tensor(x), try tensor(w)]
    let forward = try convolution.forward(inputs)
    let sinks = try inputs.map { GradientSink(try device.empty($0.shape), accumulate: false) }
    try convolution.backward(
      Backward(
        inputs: inputs, output: forward.output, saved: forward.saved,
        gradient: try tensor(gradient), sinks: sinks))
    return (
      try device.read(forward.output), try device.read(sinks[0].tensor),
      try device.read(sinks[1].tensor)
    )
  }
}
