import Compute

/// How a dense convolution sees an image: tap k of the window of output position o lies at position
/// (o*mul + shift + k*step) / div, in either direction.
///
/// Windows whose rows lie together in memory are read where the rows of the images are, once each
/// (`window_ring.h`); others are copied one by one.
struct DenseWindows {
  var kernel: (y: Int, x: Int)
  var depth: Int
  /// [n, height, width, channels] of what is read, and of the results.
  var input: Shape
  var output: Shape
  var mul: Int
  var div: Int
  var shift: Int
  var step: Int

  var taps: Int { kernel.y * kernel.x }
  /// Products of a result.
  var terms: Int { taps * depth }

  /// Floats of a window's row below which it costs less to copy windows than to go from row to row.
  private static let narrowRow = 16
  /// Floats that the rows of one row of windows, and of the next, may hold: half a megabyte.
  private static let mostFloats = 131_072

  /// Whether windows are read where the rows of the images are.
  private var areRows: Bool {
    taps > 1 && div == 1 && step == 1 && shift <= 0 && output[0] * output[1] * output[2] > 1
      && kernel.x * depth >= Self.narrowRow && (kernel.y + 2 * mul) * row <= Self.mostFloats
  }

  /// Floats in scratch of a row of the matrix, about.
  var panelRow: Int { areRows ? depth * mul * mul : Blocking.scratchRow(terms) }

  /// Rows of images that `block` consecutive outputs see at most; 0 where windows are copied.
  func slots(block: Int) -> Int {
    guard areRows else { return 0 }
    let rows = (block + output[2] - 2) / output[2] + 1
    let images = (rows + output[1] - 2) / output[1]
    return (rows - 1) * mul + kernel.y + images * max(0, input[1] - output[1] * mul)
  }

  /// Floats of scratch for what `block` rows of the matrix are read from, `terms` of each or those
  /// of an item, and for where their runs begin.
  func scratch(block: Int, terms: Int) -> Int {
    let slots = slots(block: block)
    return slots == 0
      ? block * Blocking.scratchRow(terms)
      : (slots + 1) * row + Self.wholeLines(kernel.y * block)
  }

  /// Floats of a row of images with its margins, as `window_row` has it.
  private var row: Int {
    let last = (output[2] - 1) * mul + shift + kernel.x
    return (max(input[2], last) - shift) * depth / 16 * 16 + 32
  }

  private static func wholeLines(_ count: Int) -> Int { count.dividedRoundingUp(by: 16) * 16 }
}
