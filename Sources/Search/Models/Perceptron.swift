/// A network of dense layers with rectified units between them and one linear output.
struct Perceptron: Sendable {
  private struct Layer: Sendable {
    let inputs: Int
    let outputs: Int
    /// [outputs, inputs], then [outputs] biases, in one array with its gradient and two moments.
    var parameters: [Double]
    var gradient: [Double]
    var first: [Double]
    var second: [Double]
  }

  private var layers: [Layer]
  private var examples = 0

  /// Weights start normal (He and others 2015), biases at zero.
  init(_ widths: [Int], using generator: inout SeededGenerator) {
    layers = zip(widths, widths.dropFirst()).map { inputs, outputs in
      let deviation = (2 / Double(inputs)).squareRoot()
      let count = inputs * outputs
      let zeros = [Double](repeating: 0, count: count + outputs)
      var parameters = zeros
      for i in 0..<count {
        // The sum of twelve uniforms is normal enough.
        parameters[i] = deviation * (0..<12).reduce(-6.0) { sum, _ in sum + generator.unit() }
      }
      return Layer(
        inputs: inputs, outputs: outputs, parameters: parameters, gradient: zeros, first: zeros,
        second: zeros)
    }
  }

  func callAsFunction(_ input: [Double]) -> Double { activations(of: input)[layers.count][0] }

  /// The input, then what each layer gives.
  private func activations(of input: [Double]) -> [[Double]] {
    var values = [input]
    for (number, layer) in layers.enumerated() {
      let x = values[number]
      let isLast = number == layers.count - 1
      values.append(
        (0..<layer.outputs).map { o in
          var sum = layer.parameters[layer.inputs * layer.outputs + o]
          for i in 0..<layer.inputs { sum += layer.parameters[o * layer.inputs + i] * x[i] }
          return isLast ? sum : max(sum, 0)
        })
    }
    return values
  }

  /// Adds the gradient of half the squared error of one example.
  mutating func addGradient(of input: [Double], target: Double) {
    let values = activations(of: input)
    var delta = [values[layers.count][0] - target]
    for number in layers.indices.reversed() {
      let (x, inputs, outputs) = (values[number], layers[number].inputs, layers[number].outputs)
      var below = [Double](repeating: 0, count: inputs)
      for o in 0..<outputs where delta[o] != 0 {
        layers[number].gradient[inputs * outputs + o] += delta[o]
        for i in 0..<inputs {
          layers[number].gradient[o * inputs + i] += delta[o] * x[i]
          below[i] += delta[o] * layers[number].parameters[o * inputs + i]
        }
      }
      // A rectified unit that gave nothing passes nothing back.
      delta = zip(below, x).map { $1 > 0 ? $0 : 0 }
    }
    examples += 1
  }

  /// A step of Adam with decoupled decay (Loshchilov and Hutter 2019); forgets the gradient.
  mutating func update(rate: Double, weightDecay: Double, step: Int) {
    let (b1, b2) = (0.9, 0.999)
    let (c1, c2) = (1 - power(b1, step), 1 - power(b2, step))
    for number in layers.indices {
      for i in layers[number].parameters.indices {
        let g = layers[number].gradient[i] / Double(max(examples, 1))
        layers[number].first[i] = b1 * layers[number].first[i] + (1 - b1) * g
        layers[number].second[i] = b2 * layers[number].second[i] + (1 - b2) * g * g
        let move =
          layers[number].first[i] / c1
          / ((layers[number].second[i] / c2).squareRoot() + 1e-8)
        layers[number].parameters[i] -=
          rate * (move + weightDecay * layers[number].parameters[i])
        layers[number].gradient[i] = 0
      }
    }
    examples = 0
  }

  private func power(_ base: Double, _ exponent: Int) -> Double {
    var result = 1.0
    for _ in 0..<exponent where result > 1e-18 { result *= base }
    return result
  }
}
