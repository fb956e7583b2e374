/// Takes the bytes of a file under way, for the closure that fills it.
///
/// Small pieces are gathered, so that writing line by line costs no system call each.
public struct FileWriter: ~Copyable {
  private let path: String
  private let file: FileDescriptor
  private var pending: [UInt8] = []
  /// Kept, so that a caller who ignores a failed write cannot end up with half a file.
  private var failure: FileError?

  init(path: String, file: consuming FileDescriptor) {
    self.path = path
    self.file = file
  }

  /// Appends bytes.
  public mutating func write(_ bytes: [UInt8]) throws {
    try bytes.withUnsafeBytes { try write($0) }
  }

  /// Appends text in UTF-8.
  public mutating func write(_ text: String) throws {
    try write(Array(text.utf8))
  }

  /// Appends raw memory, which is not kept.
  public mutating func write(_ bytes: UnsafeRawBufferPointer) throws {
    if pending.count + bytes.count > FileWriter.capacity { try flush() }
    guard bytes.count <= FileWriter.capacity else { return try send(bytes) }
    pending.append(contentsOf: bytes)
  }

  /// Brings everything to the disk, or says why not.
  mutating func finish() throws {
    try flush()
    do {
      try file.synchronize()
    } catch {
      throw FileError(path: path, doing: "write", code: error.code)
    }
  }

  private mutating func flush() throws {
    let bytes = pending
    pending.removeAll(keepingCapacity: true)
    try bytes.withUnsafeBytes { try send($0) }
  }

  private mutating func send(_ bytes: UnsafeRawBufferPointer) throws {
    if let failure { throw failure }
    do {
      try file.write(bytes)
    } catch {
      let error = FileError(path: path, doing: "write", code: error.code)
      failure = error
      throw error
    }
  }

  private static let capacity = 1 << 16
}
