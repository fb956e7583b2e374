/// A batch norm, or one that changes nothing, and an activation: what readers of a tensor [N,H,W,C]
/// apply while loading.
public struct Normalization {
  /// [4,C]: mean, 1/deviation, scale, shift.
  public let saved: Tensor
  public let activation: Activation
}

/// A tensor as its readers see it (`kernels/reading.h`): as it is, normalized, or, on the way back
/// through a batch norm, a combination of two tensors.
struct Reading {
  /// An activation.
  let x: Tensor
  private let gradient: Tensor?
  private let table: Tensor?
  private let view: Int

  static func asIs(_ x: Tensor) -> Reading { Reading(x: x, gradient: nil, table: nil, view: -1) }

  /// activate(x*scale + shift).
  static func normalized(_ x: Tensor, _ normalization: Normalization) -> Reading {
    let channels = normalization.saved.shape[1]
    return Reading(
      x: x, gradient: nil, table: normalization.saved.slice(from: [2, 0], sizes: [2, channels]),
      view: normalization.activation.rawValue)
  }

  /// gradient*coefficients[0] + x*coefficients[1] + coefficients[2]: coefficients [3,C].
  static func gradient(_ gradient: Tensor, of x: Tensor, coefficients: Tensor) -> Reading {
    Reading(x: x, gradient: gradient, table: coefficients, view: -2)
  }

  var shape: Shape { x.shape }
  var isAsIs: Bool { view == -1 }

  /// Whether reading does no more than scale, shift and clamp.
  var clamps: Bool {
    isAsIs || Activation(rawValue: view)?.clamps == true
  }

  /// x, gradient and table, from a channel on.
  func arguments(from channel: Int = 0) -> [KernelArgument] {
    [.tensor(x, from: channel), .tensor(gradient, from: channel), .tensor(table, from: channel)]
  }

  /// x and table, where a kernel never reads a gradient.
  func inputArguments(from channel: Int = 0) -> [KernelArgument] {
    [.tensor(x, from: channel), .tensor(table, from: channel)]
  }

  var viewArgument: KernelArgument { .int(view) }

  /// Elements between the table's rows.
  var tableRow: KernelArgument { .int(table?.shape[1] ?? 0) }

  /// The numbers that readers see, in memory as floats.
  func materialized() throws -> Tensor {
    if isAsIs, x.element == .float { return x }
    let y = try x.device.empty(x.shape)
    try materialize(into: GradientSink(y, accumulate: false))
    return y
  }

  func materialize(into sink: GradientSink) throws {
    let channels = x.shape[x.shape.count - 1]
    let rows = x.count / channels
    let tile = x.device.tile
    try x.device.launch(
      Kernel("reading", "materialize", on: x.element),
      items: tile.streamItems(rows: rows, columns: channels),
      arguments(),
      [
        tableRow, viewArgument, .tensor(sink.tensor), .int(rows), .int(channels),
        .int(tile.rowChunk(columns: channels)), .int(tile.columnSpan(columns: channels)),
        .flag(sink.accumulate),
      ])
  }
}

extension KernelArgument {
  static func tensor(_ tensor: Tensor?, from element: Int) -> KernelArgument {
    tensor.map { .storage($0.storage, offset: $0.offset + element) } ?? .none
  }
}
