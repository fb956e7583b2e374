#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What this process holds, as Linux counts it; nil elsewhere.
enum ThisProcess {
  /// The most resident bytes since the process began, or since `forgetPeak`.
  static var peakBytes: Int? { status("VmHWM:").map { $0 * 1024 } }
  static var residentBytes: Int? { status("VmRSS:").map { $0 * 1024 } }
  static var threads: Int? { status("Threads:") }

  /// Open file descriptors.
  static var descriptors: Int? {
    guard let folder = opendir("/proc/self/fd") else { return nil }
    defer { closedir(folder) }
    var names = 0
    while readdir(folder) != nil { names += 1 }
    // The folder and the one above it, and the descriptor that reads them.
    return names - 3
  }

  /// Lets the peak begin anew from what is resident now.
  static func forgetPeak() {
    guard let file = fopen("/proc/self/clear_refs", "w") else { return }
    fputs("5", file)
    fclose(file)
  }

  private static func status(_ field: String) -> Int? {
    guard let file = fopen("/proc/self/status", "r") else { return nil }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
      let text = String(
        decoding: line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
      let words = text.split(whereSeparator: \.isWhitespace)
      if words.first.map(String.init) == field, words.count > 1 { return Int(words[1]) }
    }
    return nil
  }
}
