/// Some columns of every row: x [N,C] to [N,count], from column `first` on.
///
/// A step of sequences that lie in rows, one behind the other.
public struct Columns: Operator {
  public var first: Int
  public var count: Int

  public init(_ columns: Range<Int>) { (first, count) = (columns.lowerBound, columns.count) }

  public func outputShape(_ inputs: [Shape]) -> Shape {
    let x = inputs[0]
    precondition(x.count == 2 && first + count <= x[1], "columns \(first)+\(count) of \(x)")
    return [x[0], count]
  }

  private func part(of x: Tensor) -> Tensor {
    x.slice(from: [0, first], sizes: [x.shape[0], count])
  }

  public func forward(_ inputs: [Tensor]) throws -> Forward {
    let y = try inputs[0].device.empty(outputShape(inputs.map(\.shape)))
    try y.device.copyRows(from: part(of: inputs[0]), to: y)
    return Forward(y)
  }

  public func backward(_ pass: Backward) throws {
    guard let sink = pass.sinks[0] else { return }
    // The first contribution says that other columns have none yet.
    if !sink.accumulate { try sink.tensor.device.fill(sink.tensor, with: 0) }
    try sink.tensor.device.copyRows(
      from: pass.gradient, to: part(of: sink.tensor), accumulate: sink.accumulate)
  }

  public func reference(_ inputs: [ReferenceArray]) -> ReferenceArray {
    let x = inputs[0]
    return ReferenceArray(
      [x.shape[0], count],
      (0..<x.shape[0]).flatMap { row in
        let start = row * x.shape[1] + first
        return x.values[start..<start + count]
      })
  }

  public static var cases: [OperatorCase] {
    [
      .init("odd", Self(3..<20), [.activation(5, 37)]),
      .init("all", Self(0..<4), [.activation(3, 4)]),
      .init("the last one", Self(16..<17), [.activation(2, 17)]),
    ]
  }
}
