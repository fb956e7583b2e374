#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reads whole files.
public enum FileReader {
  /// All bytes of the file at `path`, at most `limit` of them.
  ///
  /// Throws `FileError` for a file that is absent, a folder, or larger than `limit` bytes.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - limit: the most bytes that it may have.
  ///   - isOwn: refuse a file that someone other than the user may have written.
  public static func bytes(
    of path: String, limit: Int = .max, isOwn: Bool = false
  ) throws -> [UInt8] {
    // Without waiting, should it be a pipe.
    let file = try FileDescriptor(
      opening: path, flags: isOwn ? O_RDONLY | O_NONBLOCK : O_RDONLY, doing: "read")
    do {
      let status = try file.status()
      if isOwn { try requireOwn(status, path) }
      let size = Int(status.st_size)
      var bytes: [UInt8] = []
      bytes.reserveCapacity(min(max(0, size), limit, 1 << 30))
      while let piece = try nextPiece(of: file) {
        guard piece.count <= limit - bytes.count else {
          throw FileError(
            path: path, problem: "the file is larger than \(limit) bytes",
            advice: "check that this is the right file")
        }
        bytes.append(contentsOf: piece)
      }
      return bytes
    } catch let error as SystemError {
      throw FileError(path: path, doing: "read", code: error.code)
    }
  }

  /// The text of a file in UTF-8.
  ///
  /// Throws `FileError`, which names the line for one that is something else.
  public static func text(of path: String, limit: Int = 1 << 24) throws -> String {
    let bytes = try bytes(of: path, limit: limit)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      // Repairing changes the first bad byte and keeps the lines before it.
      let repaired = String(decoding: bytes, as: UTF8.self).utf8
      let good = zip(bytes, repaired).prefix { $0 == $1 }.count
      let line = bytes[..<good].count { $0 == UInt8(ascii: "\n") } + 1
      throw FileError(
        path: "\(path):\(line)", problem: "not UTF-8 text",
        advice: "check that this is the right file")
    }
    return text
  }

  /// Whether there is anything of that name.
  public static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  private static func requireOwn(_ status: stat, _ path: String) throws {
    let problem =
      status.st_mode & S_IFMT != S_IFREG
      ? "not a file"
      : status.st_uid != geteuid()
        ? "not the user's own" : status.st_mode & 0o022 != 0 ? "writable by others" : nil
    guard let problem else { return }
    throw FileError(path: path, problem: problem, advice: "check who put it there, and delete it")
  }

  private static func nextPiece(of file: borrowing FileDescriptor) throws -> [UInt8]? {
    let capacity = 1 << 20
    let piece = try [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
      count = try file.read(into: UnsafeMutableRawBufferPointer(buffer))
    }
    return piece.isEmpty ? nil : piece
  }
}
