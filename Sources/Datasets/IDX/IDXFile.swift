/// A file of unsigned bytes in the IDX format of MNIST.
///
/// The layout: two zero bytes, a type, the number of extents, each extent as a 32-bit big-endian
/// number, then the values, the last extent's fastest. Source: http://yann.lecun.com/exdb/mnist
struct IDXFile {
  let path: String
  let shape: [Int]
  let values: [UInt8]

  /// What a small gzip file of a hostile size may take of memory.
  private static let mostValues = 1 << 32

  /// Reads a plain or gzip file of `rank` extents, and checks every byte of its frame.
  init(readingFrom path: String, rank: Int) throws {
    var file = try InflatedFile(opening: path)
    let magic = try file.read(4)
    let expected: [UInt8] = [0, 0, 8, UInt8(rank)]
    guard magic == expected else {
      throw DatasetError(
        place: path,
        problem: "is no IDX file of bytes with \(rank) extents: it begins with \(magic), not "
          + "\(expected)", advice: "check that this is the right file")
    }
    shape = try file.read(4 * rank).bigEndianNumbers
    var count = 1
    for extent in shape {
      let (product, isTooLarge) = count.multipliedReportingOverflow(by: extent)
      guard extent > 0, !isTooLarge, product <= Self.mostValues else {
        throw DatasetError(
          place: path, problem: "has the impossible shape \(shape)", advice: "fetch it again")
      }
      count = product
    }
    values = try file.read(count)
    try file.finish()
    self.path = path
  }
}

extension [UInt8] {
  fileprivate var bigEndianNumbers: [Int] {
    stride(from: 0, to: count, by: 4).map { start in
      self[start..<start + 4].reduce(0) { $0 << 8 | Int($1) }
    }
  }
}
