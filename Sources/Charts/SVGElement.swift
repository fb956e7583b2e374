/// An element of an SVG with its attributes in order, written as text.
struct SVGElement {
  private let name: String
  private let attributes: [(String, String)]
  private var content = ""

  init(
    _ name: String, more: KeyValuePairs<String, String> = [:],
    _ attributes: KeyValuePairs<String, String>
  ) {
    self.name = name
    self.attributes = (Array(attributes) + Array(more)).map { ($0.key, $0.value) }
  }

  /// An element whose content is text.
  init(
    _ name: String, more: KeyValuePairs<String, String> = [:],
    _ attributes: KeyValuePairs<String, String>, text: String
  ) {
    self.init(name, more: more, attributes)
    content = Self.escaped(text)
  }

  /// An element whose content is a style sheet of our own.
  static func style(_ sheet: String) -> SVGElement {
    var element = SVGElement("style", [:])
    element.content = sheet
    return element
  }

  mutating func append(_ child: SVGElement) { content += "\n" + child.text }

  var text: String {
    let head =
      "<" + name + attributes.map { " \($0.0)=\"\(Self.escaped($0.1))\"" }.joined()
    guard !content.isEmpty else { return head + "/>" }
    return head + ">" + content + (content.hasPrefix("\n") ? "\n" : "") + "</\(name)>"
  }

  private static func escaped(_ text: String) -> String { Markup.escaped(text) }
}

/// Text inside of XML and HTML.
public enum Markup {
  /// Harmless wherever it stands: in an element or between an attribute's quotes.
  public static func escaped(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { escaped, scalar in
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\n", "\t": escaped.unicodeScalars.append(scalar)
      // XML has no place for these, not even escaped.
      case _ where scalar.properties.generalCategory == .control,
        "\u{FFFE}", "\u{FFFF}":
        escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
  }
}
