import Export
import Search
import Terminal

/// The architectures that a report draws: the chosen ones, or else the ends of the space.
struct DrawingSection {
  let contents: RunContents

  var section: ReportSection {
    get throws {
      var entries: [(architecture: Architecture, names: [String])] = []
      func add(_ architecture: Architecture, _ name: String) {
        if let index = entries.firstIndex(where: { $0.architecture == architecture }) {
          entries[index].names.append(name)
        } else {
          entries.append((architecture, [name]))
        }
      }
      let space = contents.space
      if let alone = contents.configuration.architecture {
        add(alone, "trained alone")
      } else if space.isElastic || contents.summary == nil {
        add(space.smallest, space.isElastic ? "smallest" : "first options")
        add(space.largest, space.isElastic ? "largest" : "last options")
      }
      for row in contents.summary?.subnets ?? [] {
        add(
          try space.architecture(text: row.architecture),
          row.device.map {
            "\($0.identifier) within \(Readable.milliseconds(row.budgetSeconds ?? 0))"
          } ?? "under all limits")
      }
      let pictures = try entries.enumerated().map { index, entry in
        let cost = try space.cost(of: entry.architecture)
        var graph = space.graph(of: entry.architecture)
        graph.title = entry.names[0]
        return ReportPicture(
          "architecture-\(index + 1)", graph,
          caption: entry.names.joined(separator: "; ")
            + ". \(Readable.count(cost.multiplyAdds)) multiply-adds, "
            + "\(Readable.count(cost.parameters)) parameters. "
            + "`\(space.text(of: entry.architecture))`")
      }
      return ReportSection("Architectures", [.pictures(pictures)])
    }
  }
}
