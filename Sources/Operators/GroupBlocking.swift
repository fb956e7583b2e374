// How the group kernels' products are cut. Cuts depend on shapes and the device's compute units
// alone, so sums come out the same whatever runs beside them.

/// A product's tile, and how many groups share each tile's terms.
struct GroupProduct: Equatable {
  enum Variant: String { case wide, narrow, small }

  var variant: Variant
  /// Groups that share a tile's terms; one where tiles alone fill the device.
  var splits: Int
  /// Terms of each of them.
  var each: Int

  /// Terms staged together: `STEP` of `kernels/group_product.h`.
  static let step = 16
  /// Groups of a kernel that keep a compute unit busy: fewer, and smaller tiles or splits pay.
  static let groupsPerUnit = 2

  var tileRows: Int { variant == .small ? 32 : 128 }
  var tileColumns: Int { variant == .wide ? 64 : 32 }
  var groupSize: Int { variant == .small ? 64 : 128 }

  func tiles(rows: Int, columns: Int) -> Int {
    rows.dividedRoundingUp(by: tileRows) * columns.dividedRoundingUp(by: tileColumns)
  }

  init(variant: Variant, splits: Int, each: Int) {
    (self.variant, self.splits, self.each) = (variant, splits, each)
  }

  /// Of `rows` x `columns` results, each the sum of `terms`.
  init(rows: Int, columns: Int, terms: Int, units: Int) {
    let wanted = GroupProduct.groupsPerUnit * units
    // Two narrow tiles cost less than a wide one whose second half is empty.
    let large: Variant = (columns - 1) % 64 < 32 ? .narrow : .wide
    for variant in [large, .narrow] {
      self.init(variant: variant, splits: 1, each: terms)
      if tiles(rows: rows, columns: columns) >= wanted { return }
    }
    self.init(variant: .small, splits: 1, each: terms)
    let tiles = tiles(rows: rows, columns: columns)
    guard tiles < wanted else { return }
    // A part of fewer than four steps is not worth storing and adding.
    let parts = min((2 * wanted).dividedRoundingUp(by: tiles), terms / (4 * GroupProduct.step), 32)
    guard parts > 1 else { return }
    let steps = terms.dividedRoundingUp(by: GroupProduct.step)
    each = steps.dividedRoundingUp(by: parts) * GroupProduct.step
    splits = terms.dividedRoundingUp(by: each)
  }
}

/// The splits of the rows that a weight gradient is summed over.
struct GroupWeights: Equatable {
  var splits: Int
  var rowsPerSplit: Int

  /// Most splits: as many partial sums are added up for each weight.
  static let mostSplits = 256
  /// Terms, and columns, of a tile.
  static let tile = 32

  static func tiles(terms: Int, columns: Int) -> Int {
    terms.dividedRoundingUp(by: tile) * columns.dividedRoundingUp(by: tile)
  }

  init(rows: Int, terms: Int, columns: Int, units: Int) {
    let tiles = GroupWeights.tiles(terms: terms, columns: columns)
    let most = min(
      rows.dividedRoundingUp(by: 4 * GroupProduct.step), GroupWeights.mostSplits,
      max(1, Blocking.partialFloats * 4 / (terms * columns)))
    let parts = max(1, min((8 * units).dividedRoundingUp(by: tiles), most))
    rowsPerSplit =
      rows.dividedRoundingUp(by: parts).dividedRoundingUp(by: GroupProduct.step) * GroupProduct.step
    splits = rows.dividedRoundingUp(by: rowsPerSplit)
  }
}

/// The rows of images that a depthwise group takes.
enum GroupBand {
  /// A part of an image that divides its `height` evenly, or whole images: as many rows as leave
  /// the device's `units` enough groups, and tiles of `band` rows not mostly empty.
  ///
  /// - Parameter perRow: groups that a split of rows makes, one for each group of channels.
  static func share(
    height: Int, rows: Int, band: Int, perRow: Int, units: Int, mostSplits: Int?
  ) -> Int {
    let parts = (1...height).filter { height % $0 == 0 }
    let waste = { (part: Int) in Double(part.dividedRoundingUp(by: band) * band) / Double(part) }
    let least = parts.map(waste).min() ?? 1
    let good = parts.filter { waste($0) <= 1.15 * least }
    let wanted = (8 * units).dividedRoundingUp(by: perRow)
    let part = good.last { rows / $0 >= wanted } ?? good.first ?? height
    guard let mostSplits, rows / part > mostSplits else { return part }
    return parts.first { $0 >= part && rows / $0 <= mostSplits }
      ?? height * (rows / height).dividedRoundingUp(by: mostSplits)
  }
}
