/// Rows of text in aligned columns; numbers to the right.
public struct Table {
  public var header: [String]
  public var rows: [[String]] = []

  public init(_ header: [String]) { self.header = header }

  /// A number, alone or with a unit.
  private static func isNumber(_ cell: String) -> Bool {
    let words = cell.split(separator: " ")
    return words.count <= 2 && words.first.map { Double($0) != nil } ?? true
  }

  /// Of each column, whether it holds numbers only.
  public var isNumeric: [Bool] {
    header.indices.map { column in
      !rows.isEmpty && rows.allSatisfy { Self.isNumber($0[column]) }
    }
  }

  public var text: String {
    let all = [header] + rows
    let widths = header.indices.map { column in all.map { $0[column].count }.max() ?? 0 }
    let isNumeric = isNumeric
    return all.map { row in
      var line = ""
      for (column, cell) in row.enumerated() {
        let padding = String(repeating: " ", count: widths[column] - cell.count)
        line += (column == 0 ? "" : "  ") + (isNumeric[column] ? padding + cell : cell + padding)
      }
      while line.last == " " { line.removeLast() }
      return line
    }.joined(separator: "\n")
  }
}

/// Numbers as people read them.
public enum Readable {
  public static func fixed(_ value: Double, _ digits: Int) -> String {
    var scale = 1.0
    // More digits than a double has.
    let digits = min(digits, 15)
    for _ in 0..<digits { scale *= 10 }
    let rounded = (abs(value) * scale).rounded()
    guard rounded < 9e15 else { return "\(value)" }
    let whole = Int(rounded)
    let sign = value < 0 && whole > 0 ? "-" : ""
    guard digits > 0 else { return sign + String(whole) }
    let divisor = Int(scale)
    let fraction = String(whole % divisor)
    return sign + "\(whole / divisor)."
      + String(repeating: "0", count: digits - fraction.count) + fraction
  }

  public static func percent(_ fraction: Double) -> String { fixed(fraction * 100, 2) + " %" }

  public static func milliseconds(_ seconds: Double) -> String {
    fixed(seconds * 1e3, seconds < 0.01 ? 3 : 1) + " ms"
  }

  /// `1 h 02 min`, `3 min 20 s`, `12 s`.
  public static func time(_ duration: Duration) -> String {
    let seconds = Int(duration.components.seconds)
    if seconds >= 3600 { return "\(seconds / 3600) h \(seconds % 3600 / 60) min" }
    if seconds >= 60 { return "\(seconds / 60) min \(seconds % 60) s" }
    return "\(seconds) s"
  }

  public static func count(_ value: Int) -> String {
    switch value {
    case ..<10_000: String(value)
    case ..<10_000_000: fixed(Double(value) / 1e3, 1) + " k"
    default: fixed(Double(value) / 1e6, 1) + " M"
    }
  }

  /// Large numbers as 2.3e12.
  public static func scientific(_ value: Double) -> String {
    guard value >= 1e6, value.isFinite else { return fixed(value, 0) }
    var (mantissa, exponent) = (value, 0)
    while mantissa >= 10 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
    return "\(fixed(mantissa, 1))e\(exponent)"
  }
}
