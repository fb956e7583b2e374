#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Bytes that lie still: a mapped file, or memory.
protocol ByteRegion: Sendable {
  /// What messages name.
  var path: String { get }
  var count: Int { get }
  /// Copies the bytes from a place on; they must be there.
  func copy(from start: Int, into target: UnsafeMutableRawBufferPointer)
}

extension ByteRegion {
  /// The bytes of a range, which must be there.
  func bytes(_ range: Range<Int>) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: range.count) { target, filled in
      copy(from: range.lowerBound, into: UnsafeMutableRawBufferPointer(target))
      filled = range.count
    }
  }
}

/// Bytes in memory that came from a file.
struct MemoryRegion: ByteRegion {
  let path: String
  let bytes: [UInt8]
  var count: Int { bytes.count }

  func copy(from start: Int, into target: UnsafeMutableRawBufferPointer) {
    bytes.withUnsafeBytes {
      target.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[start..<start + target.count]))
    }
  }
}

/// A file's bytes in the address space: what is read costs a page fault, and memory only as long as
/// there is enough.
///
/// The file must not be made shorter while it is in use: the system ends a program that reads what is
/// no longer there.
final class MappedFile: ByteRegion, @unchecked Sendable {
  // Nothing is ever written to the mapping, and it goes with its only owner.
  let path: String
  private let mapping: UnsafeRawBufferPointer

  var count: Int { mapping.count }

  /// Maps a file.
  ///
  /// Throws `DatasetError` for what is no file or cannot be read.
  ///
  /// - Parameter isOwn: refuse what someone other than the user may have written.
  init(opening path: String, isOwn: Bool = false) throws {
    // Without waiting, should it be a pipe.
    let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard number >= 0 else { throw DatasetError(reading: path, errno) }
    defer { _ = close(number) }
    var status = stat()
    guard fstat(number, &status) == 0 else { throw DatasetError(reading: path, errno) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw DatasetError(place: path, problem: "is no file", advice: "check the path")
    }
    if isOwn {
      guard status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
        throw DatasetError(
          place: path, problem: "others may have written it",
          advice: "check who put it there, and delete it")
      }
    }
    self.path = path
    guard status.st_size > 0 else {
      mapping = UnsafeRawBufferPointer(start: nil, count: 0)
      return
    }
    let size = Int(status.st_size)
    guard let start = mmap(nil, size, PROT_READ, MAP_SHARED, number, 0), start != MAP_FAILED else {
      throw DatasetError(reading: path, errno)
    }
    // Images are read in any order: what lies behind one is not wanted next.
    _ = madvise(start, size, MADV_RANDOM)
    mapping = UnsafeRawBufferPointer(start: start, count: size)
  }

  deinit {
    guard let start = mapping.baseAddress else { return }
    _ = munmap(UnsafeMutableRawPointer(mutating: start), mapping.count)
  }

  func copy(from start: Int, into target: UnsafeMutableRawBufferPointer) {
    withExtendedLifetime(self) {
      let part = mapping[start..<start + target.count]
      target.copyMemory(from: UnsafeRawBufferPointer(rebasing: part))
    }
  }
}
