/// Comma-separated values (RFC 4180).
public enum CSV {
  public static func text(_ lines: [[String]]) -> String {
    lines.map { $0.map(quoted).joined(separator: ",") + "\n" }.joined()
  }

  /// In quotes where a comma, a quote or a line's end would be misread.
  private static func quoted(_ field: String) -> String {
    guard field.contains(where: { ",\"\n\r".contains($0) }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }

  /// The fields of a line without its end; one in double quotes may hold commas, and "" for a quote.
  public static func fields(of line: Substring.UTF8View) -> [String] {
    let quote = UInt8(ascii: "\"")
    var bytes = line[...]
    if bytes.last == UInt8(ascii: "\r") { bytes = bytes.dropLast() }
    var (fields, field, isQuoted) = ([String](), [UInt8](), false)
    for byte in bytes {
      switch byte {
      case quote:
        // A quote that closes and opens again stands for itself.
        if !isQuoted, !field.isEmpty { field.append(quote) }
        isQuoted.toggle()
      case UInt8(ascii: ",") where !isQuoted:
        fields.append(String(decoding: field, as: UTF8.self))
        field = []
      default: field.append(byte)
      }
    }
    return fields + [String(decoding: field, as: UTF8.self)]
  }
}
