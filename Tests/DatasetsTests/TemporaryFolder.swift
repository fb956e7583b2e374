import Glibc

/// A fresh folder that disappears with its owner.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    path = "/tmp/supernet-tests-\(UInt64.random(in: .min ... .max))"
    mkdir(path, 0o755)
  }

  deinit {
    Self.remove(path)
  }

  private static func remove(_ path: String) {
    if unlink(path) == 0 { return }
    for name in names(in: path) { remove("\(path)/\(name)") }
    rmdir(path)
  }

  func file(_ name: String) -> String { "\(path)/\(name)" }

  /// The names in the folder, hidden ones too.
  var names: [String] { Self.names(in: path) }

  static func names(in path: String) -> [String] {
    guard let folder = opendir(path) else { return [] }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }
}

extension TemporaryFolder {
  /// Puts a file there, in folders that are made for it, and returns its path.
  @discardableResult
  func write(_ bytes: [UInt8], as name: String) -> String {
    var folder = path
    for part in name.split(separator: "/").dropLast() {
      folder += "/\(part)"
      mkdir(folder, 0o755)
    }
    let number = open(file(name), O_WRONLY | O_CREAT | O_TRUNC, 0o644)
    _ = Glibc.write(number, bytes, bytes.count)
    close(number)
    return file(name)
  }
}
