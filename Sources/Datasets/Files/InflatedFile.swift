import CZlib

/// The contents of a file, inflated on the way where its first bytes say that it is gzip.
struct InflatedFile: ~Copyable {
  private let file: SourceFile
  /// On the heap, since zlib keeps a pointer to it; nil for a plain file.
  private let stream: UnsafeMutablePointer<z_stream>?
  private var input: [UInt8]
  private var inputPosition = 0
  private var isMemberOpen = true

  var path: String { file.path }

  init(opening path: String) throws {
    let file = try SourceFile(opening: path)
    let input = try file.next(InflatedFile.chunkSize)
    let stream = input.starts(with: InflatedFile.magic) ? InflatedFile.startInflating() : nil
    self.file = file
    self.input = input
    self.stream = stream
  }

  deinit {
    guard let stream else { return }
    inflateEnd(stream)
    stream.deallocate()
  }

  /// Reads exactly `count` bytes or throws; memory grows only with bytes that really came.
  mutating func read(_ count: Int) throws -> [UInt8] {
    var result: [UInt8] = []
    while result.count < count {
      let piece = try next(min(count - result.count, InflatedFile.chunkSize))
      guard !piece.isEmpty else {
        throw fault(
          "is truncated: \(result.count) bytes where \(count) belong", "fetch it again")
      }
      result += piece
    }
    return result
  }

  /// Checks that nothing follows, which also checks the gzip checksum.
  mutating func finish() throws {
    guard try next(1).isEmpty else {
      throw fault("goes on after its last item", "fetch it again")
    }
  }

  /// Some bytes, at least one unless the file has ended.
  private mutating func next(_ capacity: Int) throws -> [UInt8] {
    guard let stream else {
      try refill()
      let end = min(input.count, inputPosition + capacity)
      defer { inputPosition = end }
      return Array(input[inputPosition..<end])
    }
    while true {
      try refill()
      let isAtEnd = inputPosition == input.count
      if !isMemberOpen {
        guard !isAtEnd else { return [] }
        try openNextMember(stream)
      }
      guard !isAtEnd else { throw fault("is truncated", "fetch it again") }
      let piece = try inflated(stream, capacity)
      if !piece.isEmpty { return piece }
    }
  }

  private mutating func inflated(
    _ stream: UnsafeMutablePointer<z_stream>, _ capacity: Int
  ) throws -> [UInt8] {
    var code = Z_OK
    var consumed = 0
    let piece = [UInt8](unsafeUninitializedCapacity: capacity) { output, count in
      input.withUnsafeMutableBufferPointer { bytes in
        stream.pointee.next_in = bytes.baseAddress?.advanced(by: inputPosition)
        stream.pointee.avail_in = uInt(bytes.count - inputPosition)
        stream.pointee.next_out = output.baseAddress
        stream.pointee.avail_out = uInt(capacity)
        code = inflate(stream, Z_NO_FLUSH)
        consumed = bytes.count - inputPosition - Int(stream.pointee.avail_in)
      }
      count = capacity - Int(stream.pointee.avail_out)
    }
    inputPosition += consumed
    switch code {
    case Z_STREAM_END: isMemberOpen = false
    case Z_OK, Z_BUF_ERROR: break
    default:
      let reason = stream.pointee.msg.map { String(cString: $0) } ?? "code \(code)"
      throw fault("is corrupt gzip (\(reason))", "fetch it again")
    }
    return piece
  }

  /// gzip files may be joined end to end; anything else after a member is garbage.
  private mutating func openNextMember(_ stream: UnsafeMutablePointer<z_stream>) throws {
    guard input[inputPosition...].starts(with: InflatedFile.magic), inflateReset(stream) == Z_OK
    else { throw fault("has bytes after its gzip data", "fetch it again") }
    isMemberOpen = true
  }

  private static func startInflating() -> UnsafeMutablePointer<z_stream> {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    stream.initialize(to: z_stream())
    // 15 bits of window; 16 more ask for gzip with its checksum. Where memory is short, the
    // stream stays unusable and the first inflation says so.
    inflateInit2_(stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    return stream
  }

  private mutating func refill() throws {
    guard inputPosition == input.count else { return }
    input = try file.next(InflatedFile.chunkSize)
    inputPosition = 0
  }

  private func fault(_ problem: String, _ advice: String) -> DatasetError {
    DatasetError(place: path, problem: problem, advice: advice)
  }

  private static let magic: [UInt8] = [0x1F, 0x8B]
  private static let chunkSize = 1 << 18
}
