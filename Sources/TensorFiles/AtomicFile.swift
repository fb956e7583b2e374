#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Writes files that are either whole or not there.
///
/// The bytes go to a temporary file in the same folder, reach the disk, and only then take the
/// final name; the folder is synchronised too. On any error the temporary is removed and whatever
/// had the final name before is untouched. A device or pipe (`/dev/stdout`) is written straight to.
public enum AtomicFile {
  /// Creates or replaces the file at `path` with what `contents` writes.
  ///
  /// Throws `FileError`, or whatever `contents` throws.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - mode: who may do what with the file; as it was, or as the user's mask has it, unless
  ///     given.
  ///   - contents: writes it.
  public static func write(
    to path: String, mode: mode_t? = nil, contents: (inout FileWriter) throws -> Void
  ) throws {
    let old = status(of: path)
    if let old, isStream(old.st_mode) {
      let file = try FileDescriptor(opening: path, flags: O_WRONLY, doing: "write")
      return try fill(file, named: path, contents)
    }
    if let old, isFolder(old.st_mode) {
      throw FileError(path: path, doing: "write", code: EISDIR)
    }
    // A link keeps pointing where it did: its target is what gets replaced.
    let target = old == nil ? path : resolved(path)
    let folder = folderPath(of: target)
    let temporary = temporaryPath(in: folder)
    do {
      try fill(try create(temporary, for: path, mode: mode ?? old?.st_mode), named: path, contents)
      guard rename(temporary, target) == 0 else {
        throw FileError(path: path, doing: "write", code: errno)
      }
    } catch {
      _ = unlink(temporary)
      throw error
    }
    try synchronizeFolder(folder, for: path)
  }

  /// Creates or replaces the file at `path` with the given bytes.
  public static func write(_ bytes: [UInt8], to path: String, mode: mode_t? = nil) throws {
    try write(to: path, mode: mode) { writer in try writer.write(bytes) }
  }

  /// Creates or replaces the file at `path` with the given text in UTF-8.
  public static func write(_ text: String, to path: String, mode: mode_t? = nil) throws {
    try write(to: path, mode: mode) { writer in try writer.write(text) }
  }

  /// Takes away what writers that were killed have left in a folder.
  public static func removeLeftovers(in folder: String) {
    guard let stream = opendir(folder) else { return }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name.hasPrefix(temporaryPrefix), name.hasSuffix(temporarySuffix) {
        _ = unlink("\(folder)/\(name)")
      }
    }
  }

  private static func fill(
    _ file: consuming FileDescriptor, named path: String,
    _ contents: (inout FileWriter) throws -> Void
  ) throws {
    var writer = FileWriter(path: path, file: file)
    try contents(&writer)
    try writer.finish()
  }

  private static func create(
    _ temporary: String, for path: String, mode: mode_t?
  ) throws -> FileDescriptor {
    do {
      let file = try FileDescriptor(
        opening: temporary, flags: O_WRONLY | O_CREAT | O_EXCL, doing: "write")
      if let mode { file.setMode(mode & 0o7777) }
      return file
    } catch let error as FileError {
      throw FileError(path: path, problem: error.problem, advice: error.advice)
    }
  }

  /// Makes the new name itself survive a power cut, where the folder may be opened for that.
  private static func synchronizeFolder(_ folder: String, for path: String) throws {
    guard
      let file = try? FileDescriptor(opening: folder, flags: O_RDONLY, doing: "open")
    else { return }
    do {
      try file.synchronize()
    } catch {
      throw FileError(path: path, doing: "synchronise the folder of", code: error.code)
    }
  }
}

private func status(of path: String) -> stat? {
  var result = stat()
  return stat(path, &result) == 0 ? result : nil
}

private func isFolder(_ mode: mode_t) -> Bool { mode & S_IFMT == S_IFDIR }

private func isStream(_ mode: mode_t) -> Bool {
  [S_IFCHR, S_IFIFO, S_IFSOCK].contains(mode & S_IFMT)
}

private func resolved(_ path: String) -> String {
  guard let full = realpath(path, nil) else { return path }
  defer { free(full) }
  return String(cString: full)
}

private let temporaryPrefix = ".supernet-"
private let temporarySuffix = ".tmp"

/// A short name of its own: a long final name must not make the temporary's too long.
private func temporaryPath(in folder: String) -> String {
  let tag = String(UInt64.random(in: .min ... .max), radix: 36)
  return (folder == "/" ? "" : folder) + "/" + temporaryPrefix + tag + temporarySuffix
}

private func folderPath(of path: String) -> String {
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}
