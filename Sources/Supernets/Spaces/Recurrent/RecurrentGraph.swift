import Search

/// The drawing of a recurrent network: its layers, with the steps of a searched cell.
extension RecurrentSpace {
  public func graph(of architecture: Architecture) -> NetworkGraph {
    let search = searchSpace
    func label(_ name: String) -> String? { search.label(of: name, in: architecture) }
    var part = NetworkGraph.Part()
    part.append(
      "rows", detail: "\(resolution) steps of \(resolution * channels) numbers", .end)
    for layer in 1...(label("layers").flatMap(Int.init) ?? 1) {
      let hidden = "\(label("hidden") ?? "") hidden, layer \(layer)"
      guard let steps = label("rnn.steps").flatMap(Int.init) else {
        part.append((label("cell") ?? "").uppercased(), detail: hidden, .other)
        continue
      }
      for step in 1...steps {
        part.append(
          label("rnn.step\(step).activation") ?? "",
          detail: step == 1 ? hidden : "highway step \(step)", .other)
      }
    }
    part.append("last state", .identity)
    part.append("classifier", detail: "\(classes) classes", .end)
    return NetworkGraph(title: name, parts: [part])
  }
}
