#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// An open file that closes itself: one owner, one release.
struct FileDescriptor: ~Copyable {
  let path: String
  private let number: Int32

  init(opening path: String, flags: Int32, mode: mode_t = 0o666, doing action: String) throws {
    let number = retrying { open(path, flags | O_CLOEXEC, mode) }
    guard number >= 0 else { throw FileError(path: path, doing: action, code: errno) }
    self.path = path
    self.number = number
  }

  deinit { _ = close(number) }

  /// Writes every byte, however many calls this takes.
  func write(_ bytes: UnsafeRawBufferPointer) throws(SystemError) {
    guard let base = bytes.baseAddress else { return }
    var done = 0
    while done < bytes.count {
      let count = retrying { sendBytes(number, base + done, bytes.count - done) }
      guard count > 0 else { throw SystemError(code: count == 0 ? ENOSPC : errno) }
      done += count
    }
  }

  /// Reads up to the buffer's size, and returns how many bytes came: zero at the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(SystemError) -> Int {
    let count = retrying { receiveBytes(number, buffer.baseAddress, buffer.count) }
    guard count >= 0 else { throw SystemError(code: errno) }
    return count
  }

  /// Waits until the bytes are on the disk; devices and pipes that cannot do so are left alone.
  func synchronize() throws(SystemError) {
    guard retrying({ fsync(number) }) != 0, errno != EINVAL, errno != ENOTSUP else { return }
    throw SystemError(code: errno)
  }

  func setMode(_ mode: mode_t) { _ = fchmod(number, mode) }

  /// Size in bytes and kind of the file.
  func status() throws(SystemError) -> stat {
    var result = stat()
    guard fstat(number, &result) == 0 else { throw SystemError(code: errno) }
    return result
  }
}

/// An `errno` before anyone knows which path to blame.
struct SystemError: Error { let code: Int32 }

/// Repeats a system call that a signal interrupted.
private func retrying<Result: SignedInteger>(_ call: () -> Result) -> Result {
  while true {
    let result = call()
    guard result == -1, errno == EINTR else { return result }
  }
}

// Inside the type, `write` and `read` would mean its own methods.
private func sendBytes(_ file: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  write(file, bytes, count)
}

private func receiveBytes(_ file: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
  read(file, bytes, count)
}
