#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// This process's memory, as Linux counts it; nil elsewhere.
enum Memory {
  /// The most resident bytes since the process began, or since `forgetPeak`.
  static var peakBytes: Int? { bytes("VmHWM:") }
  static var residentBytes: Int? { bytes("VmRSS:") }

  /// Lets the peak begin anew from what is resident now.
  static func forgetPeak() {
    guard let file = fopen("/proc/self/clear_refs", "w") else { return }
    fputs("5", file)
    fclose(file)
  }

  private static func bytes(_ field: String) -> Int? {
    guard let file = fopen("/proc/self/status", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(
        decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      let words = text.split(whereSeparator: \.isWhitespace)
      if words.first.map(String.init) == field, words.count > 1 {
        return Int(words[1]).map { $0 * 1024 }
      }
    }
    return nil
  }
}
