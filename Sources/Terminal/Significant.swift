extension Readable {
  /// Five significant digits, without zeros at the end: `93.715`, `0.00042`, `1.2e9`.
  public static func significant(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    let size = abs(value)
    guard size < 1e7 else {
      return (value < 0 ? "-" : "") + scientific(size)
    }
    guard size >= 1e-6 else { return "\(value)" }
    var (digits, bound) = (4, 10.0)
    while size >= bound, digits > 0 { (digits, bound) = (digits - 1, bound * 10) }
    bound = 1
    while size < bound, digits < 11 { (digits, bound) = (digits + 1, bound / 10) }
    var text = fixed(value, digits)
    guard text.contains(".") else { return text }
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  /// A time in seconds in the unit that suits it: `12.3 ms`, `4.56 s`, `3 min 20 s`.
  public static func span(_ seconds: Double) -> String {
    switch seconds {
    case ..<1e-3: "\(fixed(seconds * 1e6, 0)) us"
    case ..<1: "\(fixed(seconds * 1e3, 1)) ms"
    case ..<60: "\(fixed(seconds, 2)) s"
    case ..<1e15: time(.seconds(Int64(seconds.rounded())))
    default: "\(seconds) s"
    }
  }
}
