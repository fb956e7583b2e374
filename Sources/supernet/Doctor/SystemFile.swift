#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Files and folders as the system shows them.
enum SystemFile {
  /// The number behind a word of a file such as `/proc/meminfo`.
  static func number(_ word: String, in path: String) -> Int? {
    text(path)?.split(separator: "\n").first { $0.hasPrefix(word) }
      .flatMap { $0.dropFirst(word.count).split(separator: " ").first.flatMap { Int($0) } }
  }

  /// A small file's text; nil where it cannot be read.
  static func text(_ path: String) -> String? {
    try? String(contentsOfFile: path, encoding: .utf8)
  }

  /// A folder's names in order; none where it cannot be read.
  static func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
  static func isWritable(_ path: String) -> Bool { access(path, R_OK | W_OK) == 0 }

  /// A path, or the first folder above it that is there and can be entered.
  static func nearest(_ path: String) -> String {
    var path = path
    while !exists(path), let slash = path.lastIndex(of: "/"), slash > path.startIndex {
      path = String(path[..<slash])
    }
    return exists(path) ? path : "/"
  }

  /// Whether files can be made in a folder.
  static func isOpenFolder(_ path: String) -> Bool { access(path, R_OK | W_OK | X_OK) == 0 }

  static func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }

  /// Owner and permissions; nil where there is nothing.
  static func status(_ path: String) -> (owner: UInt32, mode: UInt32)? {
    var result = stat()
    return stat(path, &result) == 0 ? (result.st_uid, UInt32(result.st_mode)) : nil
  }

  /// Bytes that this user may still write where a path lies.
  static func freeBytes(at path: String) -> Int? {
    var result = statvfs()
    guard statvfs(path, &result) == 0 else { return nil }
    return Int(result.f_bavail) * Int(result.f_frsize)
  }
}
