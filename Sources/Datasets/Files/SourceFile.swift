#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file being read from its start: one owner, closed with it.
struct SourceFile: ~Copyable {
  let path: String
  private let number: Int32

  init(opening path: String) throws {
    let number = open(path, O_RDONLY | O_CLOEXEC)
    guard number >= 0 else { throw DatasetError(reading: path, errno) }
    self.path = path
    self.number = number
  }

  deinit { _ = close(number) }

  /// The next bytes, at most `capacity`; none at the end of the file.
  func next(_ capacity: Int) throws -> [UInt8] {
    try [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      var result = read(number, buffer.baseAddress, capacity)
      while result < 0, errno == EINTR { result = read(number, buffer.baseAddress, capacity) }
      guard result >= 0 else { throw DatasetError(reading: path, errno) }
      count = result
    }
  }

  /// Whether a file of that name is there.
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// Whether a folder of that name is there.
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }
}

extension DatasetError {
  /// What the system says of a file that cannot be read.
  init(reading path: String, _ code: Int32) {
    let advice =
      switch code {
      case EACCES, EPERM: "check the permissions"
      case ENOENT, ENOTDIR: "check the path"
      case EISDIR: "give a file, not a folder"
      default: "check the disk and try again"
      }
    self.init(
      place: path, problem: "cannot be read (\(String(cString: strerror(code))))", advice: advice)
  }
}
