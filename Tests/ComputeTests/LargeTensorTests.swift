import Compute
import ComputeOpenCL
import Operators
import Testing

/// Results too large for the caches are written past them, the laws' are not: here a large batch
/// comes to the same as its images a few at a time.
@Suite struct LargeTensorTests {
  private static let image = [32, 32, 32]
  /// Just enough for 16 lanes to write past the caches; few enough for 8 not to.
  private static let (many, few) = (64, 4)

  private static let pools: [any Operator] = [1, 2].flatMap { stride -> [any Operator] in
    let window = PoolingWindow(size: 3, stride: stride, padding: 1)
    return [MaxPool(window), AveragePool(window)]
  }
  private static let convolutions: [(operator: any Operator, weights: Shape)] = [
    (Convolution(), [1, 1, 32, 32]),
    (Convolution(padding: 1, groups: 32), [3, 3, 1, 32]),
    (Convolution(stride: 2, padding: 1, groups: 32), [3, 3, 1, 32]),
  ]

  @Test(arguments: NativeDevice.instructionSets)
  func manyImagesComeToTheSameAsFew(on instructionSet: String) throws {
    let device = try NativeDevice(threads: 2, instructionSet: instructionSet)
    for pool in Self.pools { try compare(pool, on: device) }
    for (convolution, weights) in Self.convolutions {
      try compare(convolution, weights: weights, on: device)
    }
  }

  @Test func manyImagesComeToTheSameAsFewOnOpenCL() throws {
    let devices = DeviceSelector.all().devices.dropFirst()
    if devices.isEmpty { print("skipped: no OpenCL device to pool many images on") }
    for description in devices {
      let device = try DeviceSelector.open(description.identifier).device
      for pool in Self.pools { try compare(pool, on: device) }
    }
  }

  private func compare(
    _ operator: any Operator, weights: Shape? = nil, on device: any Device
  ) throws {
    let images = numbers(Self.many * Self.image.reduce(1, *), seed: 1)
    let parameters = try weights.map { try device.tensor(numbers($0.reduce(1, *), seed: 2), $0) }
    func pass(_ x: [Float], _ dy: [Float]?) throws -> (y: [Float], dx: [Float]) {
      let input = try device.tensor(x, [x.count / Self.image.reduce(1, *)] + Self.image)
      let inputs = [input] + (parameters.map { [$0] } ?? [])
      let result = try `operator`.forward(inputs)
      let gradient = try device.tensor(
        dy ?? numbers(result.output.count, seed: 3), result.output.shape)
      let dx = try device.empty(input.shape)
      try `operator`.backward(
        Backward(
          inputs: inputs, output: result.output, saved: result.saved, gradient: gradient,
          sinks: [GradientSink(dx, accumulate: false)] + inputs.dropFirst().map { _ in nil }))
      return (try device.read(result.output), try device.read(dx))
    }
    let all = try pass(images, nil)
    let gradients = numbers(all.y.count, seed: 3)
    let subject = "\(`operator`) on \(device.description.name)"
    for first in Swift.stride(from: 0, to: Self.many, by: Self.few) {
      func part(_ values: [Float]) -> [Float] {
        let size = values.count / Self.many
        return Array(values[first * size..<(first + Self.few) * size])
      }
      let some = try pass(part(images), part(gradients))
      #expect(difference(part(all.y), some.y) < 1e-5, "\(subject): image \(first)")
      #expect(difference(part(all.dx), some.dx) < 1e-5, "\(subject): gradient of image \(first)")
    }
  }

  /// Of few rows and many weights the rows are multiplied in few, large blocks, one and three here: some
  /// hundred of the gradients, added up one by one.
  @Test(arguments: NativeDevice.instructionSets, [61, 530])
  func gradientsOfManyWeightsAreSums(on instructionSet: String, rows: Int) throws {
    let device = try NativeDevice(threads: 2, instructionSet: instructionSet)
    let (inputs, outputs) = (1290, 1001)
    let values = [rows * inputs, inputs * outputs, outputs, rows * outputs].enumerated()
      .map { numbers($1, seed: UInt32($0)) }
    let shapes: [Shape] = [[rows, inputs], [inputs, outputs], [outputs], [rows, outputs]]
    let tensors = try zip(values, shapes).map { try device.tensor($0, $1) }
    let gradients = try shapes.dropLast().map { try device.empty($0) }
    try Linear().backward(
      Backward(
        inputs: Array(tensors.dropLast()), output: tensors[3], saved: [], gradient: tensors[3],
        sinks: gradients.map { GradientSink($0, accumulate: false) }))
    let (dx, dw) = (try device.read(gradients[0]), try device.read(gradients[1]))
    let (x, w, dy) = (values[0], values[1], values[3])
    for k in 0..<400 {
      let (row, i, j) = (k % rows, k * 67 % inputs, k * 149 % outputs)
      let ofInput = (0..<outputs).reduce(0.0) {
        $0 + Double(dy[row * outputs + $1]) * Double(w[i * outputs + $1])
      }
      let ofWeight = (0..<rows).reduce(0.0) {
        $0 + Double(x[$1 * inputs + i]) * Double(dy[$1 * outputs + j])
      }
      #expect(abs(Double(dx[row * inputs + i]) - ofInput) < 1e-4, "dx[\(row), \(i)]")
      #expect(abs(Double(dw[i * outputs + j]) - ofWeight) < 1e-5, "dw[\(i), \(j)]")
    }
  }

  /// The same of windows that lie in rows of images.
  @Test(arguments: NativeDevice.instructionSets)
  func gradientsOfManyWindowsAreSums(on instructionSet: String) throws {
    let device = try NativeDevice(threads: 2, instructionSet: instructionSet)
    let (images, side, inputs, outputs) = (5, 9, 130, 900)
    let x = numbers(images * side * side * inputs, seed: 1)
    let dy = numbers(images * side * side * outputs, seed: 2)
    let tensors = [
      try device.tensor(x, [images, side, side, inputs]),
      try device.tensor(numbers(9 * inputs * outputs, seed: 3), [3, 3, inputs, outputs]),
    ]
    let gradient = try device.tensor(dy, [images, side, side, outputs])
    let sums = try device.empty([3, 3, inputs, outputs])
    try Convolution(padding: 1).backward(
      Backward(
        inputs: tensors, output: gradient, saved: [], gradient: gradient,
        sinks: [nil, GradientSink(sums, accumulate: false)]))
    let found = try device.read(sums)
    for k in 0..<300 {
      let (ky, kx, i, j) = (k % 3, k / 3 % 3, k * 67 % inputs, k * 149 % outputs)
      var sum = 0.0
      for image in 0..<images {
        for oy in max(1 - ky, 0)..<min(side + 1 - ky, side) {
          for ox in max(1 - kx, 0)..<min(side + 1 - kx, side) {
            let (iy, ix) = (oy + ky - 1, ox + kx - 1)
            sum +=
              Double(x[((image * side + iy) * side + ix) * inputs + i])
              * Double(dy[((image * side + oy) * side + ox) * outputs + j])
          }
        }
      }
      let at = ((ky * 3 + kx) * inputs + i) * outputs + j
      #expect(abs(Double(found[at]) - sum) < 1e-5, "dw[\(ky), \(kx), \(i), \(j)]")
    }
  }

  private func difference(_ a: [Float], _ b: [Float]) -> Float {
    zip(a, b).reduce(0) { $1.0.isFinite ? max($0, abs($1.0 - $1.1)) : .infinity }
  }

  /// From -0.5 to 0.5.
  private func numbers(_ count: Int, seed: UInt32) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Float(state >> 8) / 16_777_216 - 0.5
    }
  }
}
