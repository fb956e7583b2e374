import Charts
import Terminal

/// A report as one HTML file that needs no other.
struct ReportPage {
  let title: String
  let subtitle: String
  let sections: [ReportSection]
  /// Who wrote it, and when.
  let footer: String
  /// Seconds after which a browser loads it again; nil where nothing more will come.
  var reload: Int?

  var html: String {
    let links = sections.map { "<a href=\"#\($0.id)\">\(Markup.escaped($0.title))</a>" }
    return """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">\(refresh)
      <title>\(Markup.escaped(title))</title>
      <style>
      \(ReportStyle.sheet)
      </style>
      </head>
      <body>
      <header>
      <h1>\(Markup.escaped(title))</h1>
      <p>\(Markup.escaped(subtitle))</p>
      <nav aria-label="Sections">\(links.joined(separator: " "))</nav>
      </header>
      <main>
      \(sections.map(html).joined(separator: "\n"))
      </main>
      <footer><p>\(Markup.escaped(footer))</p></footer>
      </body>
      </html>

      """
  }

  private var refresh: String {
    reload.map { "\n<meta http-equiv=\"refresh\" content=\"\($0)\">" } ?? ""
  }

  private func html(_ section: ReportSection) -> String {
    let blocks = section.blocks.map(html).joined(separator: "\n")
    return "<section id=\"\(section.id)\" aria-labelledby=\"\(section.id)-title\">\n"
      + "<h2 id=\"\(section.id)-title\">\(Markup.escaped(section.title))</h2>\n\(blocks)\n</section>"
  }

  private func html(_ block: ReportSection.Block) -> String {
    switch block {
    case .text(let text): return "<p>\(Self.prose(text))</p>"
    case .absent(let text, let command):
      return "<p class=\"absent\">\(Self.prose(text)) "
        + "<code>\(Markup.escaped(command))</code></p>"
    case .facts(let facts):
      let items = facts.map {
        "<div><dt>\(Markup.escaped($0.name))</dt><dd>\(Markup.escaped($0.value))</dd></div>"
      }
      return "<dl class=\"facts\">\(items.joined())</dl>"
    case .table(let caption, let table): return html(table, caption)
    case .pictures(let pictures):
      let isDrawing = pictures.contains(where: \.isDrawing)
      return "<div class=\"\(isDrawing ? "drawings" : "figures")\">\n"
        + pictures.map { picture in
          "<figure>\n<div class=\"scroll\">\(picture.svg(picture.name))</div>\n"
            + "<figcaption>\(Self.prose(picture.caption))</figcaption>\n</figure>"
        }.joined(separator: "\n") + "\n</div>"
    case .listing(let title, let text):
      return "<h3>\(Markup.escaped(title))</h3>\n<pre tabindex=\"0\">\(Markup.escaped(text))</pre>"
    }
  }

  /// A table that scrolls where it is wider than the screen.
  private func html(_ table: Table, _ caption: String) -> String {
    let isNumeric = table.isNumeric
    func row(_ cells: [String], _ tag: (_ column: Int) -> String) -> String {
      "<tr>"
        + cells.enumerated().map { column, cell in
          let name = tag(column)
          return "<\(name)\(isNumeric[column] ? " class=\"number\"" : "")>"
            + "\(Markup.escaped(cell))</\(name.prefix { $0 != " " })>"
        }.joined() + "</tr>"
    }
    return "<div class=\"scroll\" tabindex=\"0\" role=\"region\" "
      + "aria-label=\"\(Markup.escaped(caption))\">\n<table>\n"
      + "<caption>\(Self.prose(caption))</caption>\n"
      + "<thead>\(row(table.header) { _ in "th scope=\"col\"" })</thead>\n<tbody>\n"
      + table.rows.map { cells in
        row(cells) { $0 == 0 ? "th scope=\"row\"" : "td" }
      }.joined(separator: "\n") + "\n</tbody>\n</table>\n</div>"
  }

  /// Escaped; what stands between backquotes is code.
  private static func prose(_ text: String) -> String {
    Markup.escaped(text).split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .map { $0 % 2 == 1 ? "<code>\($1)</code>" : String($1) }.joined()
  }
}
