// How convolutions are cut into work-items and cache blocks on a CPU. Cuts depend on shapes and the
// device (with its tuning) alone, so sums come out the same whatever runs beside them.

/// A matrix product's rows in blocks that stay in a core's cache, and its columns, shared out.
struct Blocking {
  var blockRows: Int
  var itemRows: Int
  var itemColumns: Int

  func splits(_ rows: Int) -> Int { rows.dividedRoundingUp(by: itemRows) }
  func items(rows: Int, columns: Int) -> Int {
    splits(rows) * columns.dividedRoundingUp(by: itemColumns)
  }

  /// Floats from one row of a panel to the next: an odd number of cache lines (`scratch_row`).
  static func scratchRow(_ columns: Int) -> Int { (columns.dividedRoundingUp(by: 16) | 1) * 16 }

  /// Multiply-adds that are worth a work-item of their own: a microsecond's.
  static let itemMultiplyAdds = 150_000
  /// Items among which so much work is worth sharing out, unless a tuner knows better: what another
  /// core has made comes from its caches, which takes longer than to make a little by oneself.
  static func worthwhile(_ work: Int, each item: Int, _ settings: [String: Int]) -> Int {
    settings["items-per-unit"] == nil ? max(1, work / item) : .max
  }

  /// Floats that a block's panels may hold: a good part of a core's second-level cache.
  static let panelFloats = 32_768
  /// Most rows of a block, unless they are so narrow that more hold few floats.
  static let mostRows = 64
  static let fewFloats = 8192
  /// Floats that all the items' partial sums of weights may hold.
  static let partialFloats = 4_194_304
  /// Floats that a block's panels may hold where a tuner chose its rows, or where the sums that they
  /// are added to are more than these themselves, so that no cache holds them.
  static let mostPanelFloats = 262_144

  /// Of `rows` x `columns` results, each of `depth` products, from panels of `panelRow` floats a row.
  ///
  /// - Parameter settings: `block-rows`, `column-groups`, `items-per-unit`.
  static func product(
    rows: Int, columns: Int, depth: Int, panelRow: Int, gathersSums: Bool, device: any Device,
    settings: [String: Int]
  ) -> Blocking {
    let tile = device.tile
    // Items with sums are the same for up to four threads.
    let most =
      gathersSums
      ? Int.max : worthwhile(rows * columns * depth, each: itemMultiplyAdds, settings)
    let units = min(device.units(gathersSums: gathersSums), most)
    let chosen = chosenRows(settings, panelRow: panelRow, tile)
    var block = chosen ?? min(mostRows, max(panelFloats / max(panelRow, 1), tile.rows))
    block = min(block, rows).dividedRoundingUp(by: tile.rows) * tile.rows
    // Few rows: share out columns, then smaller blocks.
    let tileColumns = tile.columns * tile.lanes
    var groups = 1
    if most > 1, rows.dividedRoundingUp(by: block) < 4 * units {
      groups = min(
        columns.dividedRoundingUp(by: tileColumns),
        (4 * units).dividedRoundingUp(by: rows.dividedRoundingUp(by: block)))
      let splits = (4 * units).dividedRoundingUp(by: groups)
      if chosen == nil {
        block = min(
          block, rows.dividedRoundingUp(by: splits).dividedRoundingUp(by: tile.rows) * tile.rows)
      }
    }
    if let given = settings["column-groups"] {
      groups = min(max(given, 1), columns.dividedRoundingUp(by: tileColumns))
    }
    let wanted = max(settings["items-per-unit"] ?? device.itemsPerUnit, 1) * max(units, 4)
    let splits = min(rows.dividedRoundingUp(by: block), wanted, most)
    return Blocking(
      rows: rows, splits: splits, block: block, tile,
      itemColumns: columns.dividedRoundingUp(by: groups).dividedRoundingUp(by: tile.lanes)
        * tile.lanes)
  }

  /// Rows in `splits` equal parts, each in equal blocks of about `block`.
  private init(rows: Int, splits: Int, block: Int, _ tile: Tile, itemColumns: Int) {
    func whole(_ count: Int) -> Int { count.dividedRoundingUp(by: tile.rows) * tile.rows }
    itemRows = whole(rows.dividedRoundingUp(by: splits))
    let blocks = max(1, (itemRows + block / 2) / block)
    blockRows = whole(itemRows.dividedRoundingUp(by: blocks))
    self.itemColumns = itemColumns
  }

  /// Of a weight gradient `depth` x `columns` over `rows`, `panelRow` floats of each in scratch: every
  /// item has partial sums.
  ///
  /// - Parameter settings: `block-rows`, `column-groups` (of the depth), `items-per-unit`.
  static func weights(
    rows: Int, depth: Int, columns: Int, panelRow: Int, device: any Device,
    settings: [String: Int]
  ) -> Blocking {
    let tile = device.tile
    let units = device.units(gathersSums: true)
    var block =
      min(
        chosenRows(settings, panelRow: panelRow + columns, tile)
          ?? min(
            max(mostRows, fewFloats / (panelRow + columns)),
            max(panelFloats / (panelRow + columns), 2 * tile.rows)), rows
      ).dividedRoundingUp(by: tile.rows) * tile.rows
    let wanted = max(settings["items-per-unit"] ?? device.itemsPerUnit / 2, 1) * units
    // An item more for the same columns writes `depth` rows of sums, one more for the same rows
    // reads those again.
    let cheapest = (Double(wanted * rows) / Double(depth)).squareRoot()
    let splits = max(
      1,
      min(
        rows.dividedRoundingUp(by: block), wanted, partialFloats / (depth * columns),
        Int(cheapest.rounded())))
    let groups = min(
      depth.dividedRoundingUp(by: tile.columns * tile.lanes),
      settings["column-groups"].map { max($0, 1) }
        ?? wanted.dividedRoundingUp(by: splits))
    let itemDepth =
      depth.dividedRoundingUp(by: groups).dividedRoundingUp(by: tile.lanes) * tile.lanes
    // Such sums are added to seldom.
    if settings["block-rows"] == nil, itemDepth * columns > mostPanelFloats {
      block = max(
        block,
        min(rows, mostPanelFloats / (itemDepth + columns)).dividedRoundingUp(by: tile.rows)
          * tile.rows)
    }
    return Blocking(
      rows: rows, splits: splits, block: block, tile, itemColumns: itemDepth)
  }

  /// A tuner's rows of a block, as far as its panels may hold them.
  private static func chosenRows(_ settings: [String: Int], panelRow: Int, _ tile: Tile) -> Int? {
    settings["block-rows"].map { max(min($0, mostPanelFloats / max(panelRow, 1)), tile.rows) }
  }
}

extension Device {
  /// Compute units that work is shared out for.
  ///
  /// Where sums are gathered at least four, so that up to four threads come to the same bits.
  func units(gathersSums: Bool) -> Int {
    gathersSums ? max(description.computeUnits, 4) : description.computeUnits
  }

  /// Work-items of a large launch for each unit.
  ///
  /// Several, so that all end together, but each has sums of its own, which are written and added up:
  /// 4 take 1.05 of the time of 2. Of many units some are slower than others.
  var itemsPerUnit: Int { description.computeUnits > 4 ? 4 : 2 }
}

extension Tile {
  /// The next multiple of a vector.
  func padded(_ count: Int) -> Int { vectors(count) * lanes }
}
