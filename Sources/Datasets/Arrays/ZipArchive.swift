import CZlib

/// A zip archive of stored and deflated files, as `numpy.savez` writes it.
///
/// Source: PKWARE's APPNOTE.TXT, 4.3 and 4.5.3 (sizes beyond 4 GiB).
struct ZipArchive {
  private struct Member {
    let isDeflated: Bool
    let checksum: UInt32
    let packed: Int
    let size: Int
    /// Of its local header.
    let start: Int
  }

  private let file: MappedFile
  private var members: [String: Member] = [:]

  private static let mostMembers = 4_096
  /// Deflate makes no more of a byte.
  private static let mostExpansion = 1_032

  /// The names of the files in it.
  var names: [String] { members.keys.sorted() }

  /// Reads the directory at the archive's end.
  init(opening path: String) throws {
    file = try MappedFile(opening: path)
    let (start, count) = try directory()
    var at = start
    for _ in 0..<count {
      guard try number(at, 4) == 0x0201_4B50 else { throw fault("has a damaged directory") }
      let (method, lengths) = (
        try number(at + 10, 2), try (0..<3).map { try number(at + 28 + 2 * $0, 2) }
      )
      let name = String(decoding: try bytes(at + 46, lengths[0]), as: UTF8.self)
      var sizes = [try number(at + 24, 4), try number(at + 20, 4), try number(at + 42, 4)]
      try widen(&sizes, at + 46 + lengths[0], lengths[1])
      guard method == 0 || method == 8, try number(at + 8, 2) & 1 == 0 else {
        throw fault("holds \(name), which is encrypted or packed in a way not known here")
      }
      members[name] = Member(
        isDeflated: method == 8, checksum: UInt32(try number(at + 16, 4)), packed: sizes[1],
        size: sizes[0], start: sizes[2])
      at += 46 + lengths.reduce(0, +)
    }
  }

  /// A file's bytes: where they lie in the archive if they are stored, else inflated.
  func contents(of name: String) throws -> (any ByteRegion)? {
    guard let member = members[name] else { return nil }
    guard try number(member.start, 4) == 0x0403_4B50 else {
      throw fault("has no \(name) where its directory says so")
    }
    let start =
      member.start + 30 + (try number(member.start + 26, 2)) + (try number(member.start + 28, 2))
    guard start <= file.count, member.packed <= file.count - start else {
      throw fault("is truncated: \(name) is not all there")
    }
    let label = "\(file.path):\(name)"
    guard member.isDeflated else {
      guard member.packed == member.size else { throw fault("tells two sizes of \(name)") }
      return FilePart(path: label, file: file, start: start, count: member.size)
    }
    guard member.size / Self.mostExpansion <= member.packed else {
      throw fault("tells a size of \(name) that its bytes cannot have")
    }
    let packed = file.bytes(start..<start + member.packed)
    return MemoryRegion(path: label, bytes: try inflated(packed, member, name))
  }

  private func inflated(_ packed: [UInt8], _ member: Member, _ name: String) throws -> [UInt8] {
    var stream = z_stream()
    // Negative bits of window: deflate without a frame of its own.
    guard inflateInit2_(&stream, -15, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
    else { throw fault("cannot be inflated, memory is short") }
    defer { inflateEnd(&stream) }
    var (input, isWhole) = (packed, false)
    let bytes = [UInt8](unsafeUninitializedCapacity: member.size + 1) { output, count in
      input.withUnsafeMutableBufferPointer { input in
        var (read, code) = (0, Z_OK)
        // zlib counts in 32 bits.
        while code == Z_OK, count <= member.size {
          let (most, room) = (
            min(input.count - read, 1 << 30), min(member.size + 1 - count, 1 << 30)
          )
          stream.next_in = input.baseAddress?.advanced(by: read)
          stream.avail_in = uInt(most)
          stream.next_out = output.baseAddress?.advanced(by: count)
          stream.avail_out = uInt(room)
          code = inflate(&stream, Z_NO_FLUSH)
          read += most - Int(stream.avail_in)
          count += room - Int(stream.avail_out)
        }
        isWhole = code == Z_STREAM_END
      }
    }
    let sum = bytes.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
    guard isWhole, bytes.count == member.size, sum == UInt(member.checksum) else {
      throw fault("is damaged: \(name) does not inflate to what it was")
    }
    return bytes
  }

  /// Where the directory begins, and how many files it names.
  private func directory() throws -> (start: Int, count: Int) {
    // Only a comment of at most 64 KiB may follow the end's record.
    let least = max(0, file.count - 22 - 0xFFFF)
    let tail = file.bytes(least..<file.count)
    let mark: [UInt8] = [0x50, 0x4B, 5, 6]
    guard tail.count >= 22,
      let at = (0...tail.count - 22).last(where: { tail[$0..<$0 + 4].elementsEqual(mark) })
    else { throw fault("is no zip archive, or truncated") }
    let end = least + at
    var (count, start) = (try number(end + 10, 2), try number(end + 16, 4))
    if count == 0xFFFF || start == 0xFFFF_FFFF, end >= 20, try number(end - 20, 4) == 0x0706_4B50 {
      let wide = try number(end - 12, 8)
      guard try number(wide, 4) == 0x0606_4B50 else { throw fault("has a damaged directory") }
      (count, start) = (try number(wide + 32, 8), try number(wide + 48, 8))
    }
    guard count <= Self.mostMembers else {
      throw fault("holds \(count) files, too many for arrays")
    }
    return (start, count)
  }

  /// Sizes of 32 bits that are all ones stand in a field of their own, in 64.
  private func widen(_ sizes: inout [Int], _ start: Int, _ length: Int) throws {
    guard sizes.contains(0xFFFF_FFFF) else { return }
    var at = start
    while at + 4 <= start + length {
      let (tag, count) = (try number(at, 2), try number(at + 2, 2))
      var next = at + 4
      if tag == 1 {
        for index in sizes.indices where sizes[index] == 0xFFFF_FFFF {
          guard next + 8 <= at + 4 + count else { throw fault("has a damaged directory") }
          sizes[index] = try number(next, 8)
          next += 8
        }
      }
      at += 4 + count
    }
  }

  private func bytes(_ at: Int, _ count: Int) throws -> [UInt8] {
    guard at >= 0, count <= file.count, at <= file.count - count else {
      throw fault("is truncated, or has a damaged directory")
    }
    return file.bytes(at..<at + count)
  }

  /// A number, the lowest byte first; what does not fit is no place in a file.
  private func number(_ at: Int, _ count: Int) throws -> Int {
    let value = try bytes(at, count).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard let number = Int(exactly: value), number < 1 << 48 else {
      throw fault("has a damaged directory")
    }
    return number
  }

  private func fault(_ problem: String) -> DatasetError {
    DatasetError(
      place: file.path, problem: problem, advice: "save it again with numpy.savez")
  }
}

/// A stretch of a mapped file under a name of its own.
private struct FilePart: ByteRegion {
  let path: String
  let file: MappedFile
  let start: Int
  let count: Int

  func copy(from place: Int, into target: UnsafeMutableRawBufferPointer) {
    file.copy(from: start + place, into: target)
  }
}
