import Search

/// The drawing of a chain: layer under layer, with the skip connections that there are.
extension ChainSpace {
  public func graph(of architecture: Architecture) -> NetworkGraph {
    var part = NetworkGraph.Part()
    let side = resolution(of: architecture)
    var last = part.append("images", detail: "\(side)x\(side), \(channels) channels", .end)
    var width = channels
    for layer in layers(of: architecture) {
      let (operation, before) = (layer.operation, width)
      if operation.convolves { width = layer.width }
      let details =
        (layer.stride > 1 ? ["stride \(layer.stride)"] : [])
        + (operation.convolves ? ["\(width) channels", layer.activation.name] : [])
      let node = part.add(
        operation.name, detail: details.isEmpty ? nil : details.joined(separator: ", "),
        operation.style, from: [last])
      let skips = layer.skips && layer.stride == 1 && before == width
      last = skips ? part.add("+", .state, from: [last, node]) : node
    }
    last = part.add("global average pool", .pool, from: [last])
    let choices = searchSpace
    for index in 1..<9 {
      guard let width = choices.label(of: "head.layer\(index).width", in: architecture) else {
        break
      }
      last = part.add("linear", detail: "\(width) outputs", .other, from: [last])
    }
    part.add("classifier", detail: "\(classes) classes", .end, from: [last])
    return NetworkGraph(title: name, parts: [part])
  }
}

extension ChainOperation {
  fileprivate var style: NetworkGraph.Style {
    if name.contains("pool") { return .pool }
    if name == "identity" { return .identity }
    if name.hasPrefix("conv") { return .convolution }
    return convolves ? .separable : .other
  }
}
