import Charts
import Export
import Terminal

/// A part of a report, before it is written as HTML.
struct ReportSection {
  enum Block {
    case text(String)
    /// What the run's folder does not hold, and the command that makes it.
    case absent(String, command: String)
    /// Numbers to be seen first, each under its name.
    case facts([(name: String, value: String)])
    case table(String, Table)
    case pictures([ReportPicture])
    /// What a terminal or a file shows, under its title.
    case listing(String, String)
  }

  let title: String
  var blocks: [Block] = []

  init(_ title: String, _ blocks: [Block] = []) {
    self.title = title
    self.blocks = blocks
  }

  /// Its anchor: the title in small letters.
  var id: String {
    title.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? String($0) : "-" }
      .joined()
  }
}

/// A figure or drawing of a report, which can be a file of its own too.
package struct ReportPicture {
  /// Of its file, without the extension.
  package let name: String
  let caption: String
  /// Whether it is shown at its own size, however wide.
  let isDrawing: Bool
  /// The SVG, with names inside that begin with this.
  let svg: (_ id: String) -> String

  /// Fit for a file, an anchor and a reference to it.
  private static func plain(_ name: String) -> String {
    String(name.map { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") ? $0 : "-" })
  }

  init(_ name: String, _ figure: Figure, caption: String) {
    self.name = Self.plain(name)
    self.caption = caption
    isDrawing = false
    svg = figure.svg(id:)
  }

  init(_ name: String, _ graph: NetworkGraph, caption: String) {
    self.name = Self.plain(name)
    self.caption = caption
    isDrawing = true
    svg = graph.svg(id:)
  }
}
