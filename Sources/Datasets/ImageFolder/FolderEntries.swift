#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// What lies in a folder, never outside of it: a link that leads out is refused.
struct FolderEntries {
  struct Entry {
    let name: String
    let isFolder: Bool
    let size: Int
    /// When it was last changed, in nanoseconds.
    let modified: Int
  }

  /// The folder's own place, links resolved.
  let root: String

  init(of folder: String) throws {
    guard let full = realpath(folder, nil) else { throw DatasetError(reading: folder, errno) }
    defer { free(full) }
    root = String(cString: full)
  }

  /// What a folder holds, by name in the order of bytes, hidden things left out.
  ///
  /// - Parameter path: as seen from the root, which is the empty path.
  func list(_ path: String) throws -> [Entry] {
    let folder = path.isEmpty ? root : "\(root)/\(path)"
    guard let stream = opendir(folder) else { throw DatasetError(reading: folder, errno) }
    defer { closedir(stream) }
    var entries: [Entry] = []
    while let found = readdir(stream) {
      let name = withUnsafePointer(to: &found.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard !name.hasPrefix(".") else { continue }
      if let entry = try entry(name, at: "\(folder)/\(name)") { entries.append(entry) }
    }
    return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
  }

  /// Nil for what is neither a file nor a folder.
  private func entry(_ name: String, at path: String) throws -> Entry? {
    var status = stat()
    guard lstat(path, &status) == 0 else { throw DatasetError(reading: path, errno) }
    if status.st_mode & S_IFMT == S_IFLNK {
      guard let full = realpath(path, nil) else { throw DatasetError(reading: path, errno) }
      defer { free(full) }
      guard String(cString: full).hasPrefix(root + "/"), stat(path, &status) == 0 else {
        throw DatasetError(
          place: path, problem: "links to \(String(cString: full)), outside the folder of images",
          advice: "put the images themselves there, or give the folder they are in")
      }
    }
    let kind = status.st_mode & S_IFMT
    guard kind == S_IFREG || kind == S_IFDIR else { return nil }
    #if canImport(Darwin)
      let modified = status.st_mtimespec
    #else
      let modified = status.st_mtim
    #endif
    return Entry(
      name: name, isFolder: kind == S_IFDIR, size: Int(status.st_size),
      modified: modified.tv_sec &* 1_000_000_000 &+ modified.tv_nsec)
  }
}
