import TensorFiles

/// Compiled programs in a folder, one file each, so that the next start compiles nothing.
///
/// It is only ever a help: a folder that is missing or cannot be written to, a file that is damaged, of
/// another driver or source, or that someone else may have written, all mean that the program is
/// compiled anew.
package struct ProgramCache {
  let folder: String

  private static let mostBytes = 1 << 30

  package init(folder: String) { self.folder = folder }

  /// The user's.
  static var userFolder: String? { UserCache.folder("programs") }

  /// Makes the folder and those it lies in; whether it can be written to.
  func makeFolder() -> Bool { UserCache.make(folder) }

  package func program(_ key: ProgramKey) -> [UInt8]? {
    let bytes = try? FileReader.bytes(of: path(key), limit: Self.mostBytes, isOwn: true)
    return bytes.flatMap { CacheEntry.program(in: $0, for: key) }
  }

  /// Others see the old file or the whole new one.
  package func keep(_ program: [UInt8], for key: ProgramKey) {
    try? AtomicFile.write(CacheEntry.bytes(program, for: key), to: path(key), mode: 0o644)
  }

  package func path(_ key: ProgramKey) -> String { "\(folder)/\(key.fileName)" }
}
