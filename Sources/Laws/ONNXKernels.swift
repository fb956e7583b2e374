import Export
import Operators

/// The operators of ONNX that compute: convolution, products, norms, pools, resizing.
extension ONNXInterpreter {
  static func convolution(_ call: ONNXCall) throws -> Values {
    let (x, w) = (try call.input(0), try call.input(1))
    let bias = call.inputs.count > 2 ? try call.input(2).values : nil
    let (stride, pad) = (try call.ints("strides"), try call.ints("pads"))
    let (dilation, groups) = (try call.ints("dilations"), try call.int("group"))
    guard x.shape[1] == w.shape[1] * groups, w.shape[0] % groups == 0,
      [Int](w.shape[2...]) == (try call.ints("kernel_shape")), pad.count == 4,
      bias.map({ $0.count == w.shape[0] }) ?? true
    else { throw Fault(description: "convolution of \(x.shape) by \(w.shape)") }
    let size = (0..<2).map { (axis: Int) -> Int in
      let reach = dilation[axis] * (w.shape[2 + axis] - 1) + 1
      return (x.shape[2 + axis] + pad[axis] + pad[2 + axis] - reach) / stride[axis] + 1
    }
    let outputs = w.shape[0] / groups
    var y = Values(shape: [x.shape[0], w.shape[0], size[0], size[1]], values: [])
    for n in 0..<x.shape[0] {
      for co in 0..<w.shape[0] {
        for oy in 0..<size[0] {
          for ox in 0..<size[1] {
            var sum = bias?[co] ?? 0
            for ci in 0..<w.shape[1] {
              let plane = (n * x.shape[1] + co / outputs * w.shape[1] + ci) * x.shape[2]
              for ky in 0..<w.shape[2] {
                let iy = oy * stride[0] - pad[0] + ky * dilation[0]
                guard (0..<x.shape[2]).contains(iy) else { continue }
                for kx in 0..<w.shape[3] {
                  let ix = ox * stride[1] - pad[1] + kx * dilation[1]
                  guard (0..<x.shape[3]).contains(ix) else { continue }
                  sum +=
                    x.values[(plane + iy) * x.shape[3] + ix]
                    * w.values[((co * w.shape[1] + ci) * w.shape[2] + ky) * w.shape[3] + kx]
                }
              }
            }
            y.values.append(sum)
          }
        }
      }
    }
    return y
  }

  static func batchNormalization(_ call: ONNXCall) throws -> Values {
    let (x, epsilon) = (try call.input(0), try call.float("epsilon"))
    let parameters = try (1...4).map { try call.input($0).values }
    guard parameters.allSatisfy({ $0.count == x.shape[1] }) else {
      throw Fault(description: "batch norm of \(x.shape)")
    }
    let size = x.shape[2...].reduce(1, *)
    return Values(
      shape: x.shape,
      values: x.values.indices.map { i in
        let c = i / size % x.shape[1]
        let deviation = (parameters[3][c] + epsilon).squareRoot()
        return (x.values[i] - parameters[2][c]) / deviation * parameters[0][c] + parameters[1][c]
      })
  }

  /// `Gemm` with the second factor transposed.
  static func product(_ call: ONNXCall) throws -> Values {
    let (x, w, bias) = (try call.input(0), try call.input(1), try call.input(2))
    guard try call.int("transB") == 1, x.shape.count == 2, x.shape[1] == w.shape[1],
      bias.shape == [w.shape[0]]
    else { throw Fault(description: "product of \(x.shape) and \(w.shape)") }
    let (rows, terms, columns) = (x.shape[0], x.shape[1], w.shape[0])
    return Values(
      shape: [rows, columns],
      values: (0..<rows * columns).map { i in
        (0..<terms).reduce(bias.values[i % columns]) {
          $0 + x.values[i / columns * terms + $1] * w.values[i % columns * terms + $1]
        }
      })
  }

  /// - Parameter combine: of a window's values inside the image, and how many it has with padding.
  static func pool(_ call: ONNXCall, _ combine: ([Double], Int) -> Double) throws -> Values {
    let (x, kernel) = (try call.input(0), try call.ints("kernel_shape"))
    let (stride, pad) = (try call.ints("strides"), try call.ints("pads"))
    let size = (0..<2).map { (axis: Int) -> Int in
      (x.shape[2 + axis] + pad[axis] + pad[2 + axis] - kernel[axis]) / stride[axis] + 1
    }
    var y = Values(shape: x.shape[..<2] + size, values: [])
    for plane in 0..<x.shape[0] * x.shape[1] {
      for oy in 0..<size[0] {
        for ox in 0..<size[1] {
          let inside = (0..<kernel[0] * kernel[1]).compactMap { k -> Double? in
            let iy = oy * stride[0] - pad[0] + k / kernel[1]
            let ix = ox * stride[1] - pad[1] + k % kernel[1]
            guard (0..<x.shape[2]).contains(iy), (0..<x.shape[3]).contains(ix) else { return nil }
            return x.values[(plane * x.shape[2] + iy) * x.shape[3] + ix]
          }
          y.values.append(combine(inside, kernel[0] * kernel[1]))
        }
      }
    }
    return y
  }

  /// Bilinear, half-pixel centres: our operator's definition, once axes are ours.
  static func resize(_ call: ONNXCall) throws -> Values {
    let (x, sizes) = (try call.input(0), try call.integers(3))
    guard try call.ints("axes") == [2, 3], try call.string("mode") == "linear",
      try call.string("coordinate_transformation_mode") == "half_pixel", sizes.count == 2
    else { throw Fault(description: "a resize of another kind") }
    // Each channel is an image of one channel.
    let planes = ReferenceArray(
      [x.shape[0] * x.shape[1], x.shape[2], x.shape[3], 1], x.values)
    return Values(
      shape: x.shape[..<2] + sizes,
      values: Resize(height: sizes[0], width: sizes[1]).reference([planes]).values)
  }
}
