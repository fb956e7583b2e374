/// Where the nodes and arrows of a graph go: in layers from top to bottom, with few crossings
/// (Sugiyama, Tagawa and Toda 1981).
struct LayeredLayout {
  struct Size {
    var width: Double
    var height: Double
  }

  struct Point {
    var x: Double
    var y: Double
  }

  /// A node's place, or one that an arrow goes through on its way past a layer.
  private struct Slot {
    var node: Int?
    var layer: Int
    var width: Double
    var x = 0.0
  }

  private static let gap = 22.0
  private static let layerGap = 30.0

  /// Middles of the nodes.
  private(set) var centres: [Point] = []
  /// The middles that each arrow goes through, its ends among them.
  private(set) var routes: [[Point]] = []
  private(set) var size = Size(width: 0, height: 0)

  private var slots: [Slot] = []
  private var layers: [[Int]] = []
  private var above: [[Int]] = []
  private var below: [[Int]] = []

  init(sizes: [Size], edges: [(from: Int, to: Int)]) {
    let paths = makeSlots(sizes, edges)
    orderLayers()
    for slot in slots.indices { slots[slot].x = 0 }
    for round in 0..<24 { placeLayers(downwards: round % 2 == 0) }
    let heights = layers.map { layer in
      layer.compactMap { slots[$0].node }.map { sizes[$0].height }.max() ?? 0
    }
    var middles: [Double] = []
    var y = 0.0
    for height in heights {
      middles.append(y + height / 2)
      y += height + Self.layerGap
    }
    let left = slots.map { $0.x - $0.width / 2 }.min() ?? 0
    let right = slots.map { $0.x + $0.width / 2 }.max() ?? 0
    size = Size(width: right - left, height: max(0, y - Self.layerGap))
    func centre(_ slot: Int) -> Point {
      Point(x: slots[slot].x - left, y: middles[slots[slot].layer])
    }
    centres = sizes.indices.map(centre)
    routes = paths.map { $0.map(centre) }
  }

  /// Slots for nodes, on the layer after their last source, and for arrows past layers; tells the
  /// slots that each arrow goes through.
  private mutating func makeSlots(_ sizes: [Size], _ edges: [(from: Int, to: Int)]) -> [[Int]] {
    var depth = sizes.map { _ in 0 }
    for node in sizes.indices {
      for edge in edges where edge.to == node {
        depth[node] = max(depth[node], depth[edge.from] + 1)
      }
    }
    slots = sizes.indices.map { Slot(node: $0, layer: depth[$0], width: sizes[$0].width) }
    let paths = edges.map { edge in
      var path = [edge.from]
      for layer in depth[edge.from] + 1..<max(depth[edge.to], depth[edge.from] + 1) {
        slots.append(Slot(node: nil, layer: layer, width: 8))
        path.append(slots.count - 1)
      }
      return path + [edge.to]
    }
    layers = (0...(depth.max() ?? 0)).map { layer in
      slots.indices.filter { slots[$0].layer == layer }
    }
    above = slots.map { _ in [] }
    below = slots.map { _ in [] }
    for path in paths {
      for (upper, lower) in zip(path, path.dropFirst()) {
        below[upper].append(lower)
        above[lower].append(upper)
      }
    }
    return paths
  }

  /// Sorts layers by the mean place of what each slot hangs on, back and forth; keeps the best.
  private mutating func orderLayers() {
    var best = (layers: layers, crossings: crossings)
    for round in 0..<16 {
      let isDown = round % 2 == 0
      for layer in isDown ? Array(layers.indices) : layers.indices.reversed() {
        var place: [Int: Double] = [:]
        for other in layers {
          for (index, slot) in other.enumerated() { place[slot] = Double(index) }
        }
        let keys = layers[layer].map { slot -> Double in
          let neighbours = isDown ? above[slot] : below[slot]
          guard !neighbours.isEmpty else { return place[slot] ?? 0 }
          return neighbours.reduce(0) { $0 + (place[$1] ?? 0) } / Double(neighbours.count)
        }
        // Equal ones stay in their order.
        layers[layer] = layers[layer].indices.sorted { (keys[$0], $0) < (keys[$1], $1) }
          .map { layers[layer][$0] }
      }
      if crossings < best.crossings { best = (layers, crossings) }
    }
    layers = best.layers
  }

  private var crossings: Int {
    var count = 0
    for (upper, lower) in zip(layers, layers.dropFirst()) {
      let place = Dictionary(uniqueKeysWithValues: lower.enumerated().map { ($1, $0) })
      let ends = upper.flatMap { below[$0].compactMap { place[$0] }.sorted() }
      for i in ends.indices { count += ends[..<i].count { $0 > ends[i] } }
    }
    return count
  }

  /// Moves the slots of each layer as near to their neighbours' mean as their order and widths
  /// allow: least squares by pooling adjacent violators.
  private mutating func placeLayers(downwards: Bool) {
    for layer in downwards ? layers : layers.reversed() {
      var offset = 0.0
      var pools: [(sum: Double, count: Int)] = []
      var offsets: [Double] = []
      for (index, slot) in layer.enumerated() {
        if index > 0 {
          offset += (slots[layer[index - 1]].width + slots[slot].width) / 2 + Self.gap
        }
        offsets.append(offset)
        let neighbours = above[slot] + below[slot]
        let wish =
          neighbours.isEmpty
          ? slots[slot].x
          : neighbours.reduce(0) { $0 + slots[$1].x } / Double(neighbours.count)
        pools.append((wish - offset, 1))
        while pools.count > 1,
          case let (last, before) = (pools[pools.count - 1], pools[pools.count - 2]),
          before.sum / Double(before.count) >= last.sum / Double(last.count)
        {
          pools.removeLast()
          pools[pools.count - 1] = (before.sum + last.sum, before.count + last.count)
        }
      }
      let bases = pools.flatMap { pool in
        [Double](repeating: pool.sum / Double(pool.count), count: pool.count)
      }
      for (index, slot) in layer.enumerated() { slots[slot].x = bases[index] + offsets[index] }
    }
  }
}
