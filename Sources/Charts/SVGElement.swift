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

  mutating func append(_ child: SVGElement) { content += "\n" + child.text }

  var text: String {
    let head =
      "<" + name + attributes.map { " \($0.0)=\"\(Self.escaped($0.1))\"" }.joined()
    guard !content.isEmpty else { return head + "/>" }
    return head + ">" + content + (content.hasPrefix("\n") ? "\n" : "") + "</\(name)>"
  }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { escaped, character in
      switch character {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      default: escaped.append(character)
      }
    }
  }
}
