/// An array in NumPy's format, its values where they lie.
///
/// The layout: `\x93NUMPY`, a version, the length of a header, the header as a Python dictionary, the
/// values. Source: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
struct ArrayFile {
  let region: any ByteRegion
  /// Where the values begin.
  let start: Int
  let shape: [Int]
  /// A type as NumPy writes it, without the mark of the byte order: `u1`, `i8`, `f4`.
  let type: String
  let isBigEndian: Bool

  private static let mark: [UInt8] = [0x93] + Array("NUMPY".utf8)
  private static let longestHeader = 1 << 16

  /// Reads a header; the values have to be there, and no more than that.
  init(in region: any ByteRegion) throws {
    func fault(_ problem: String, _ advice: String = "save it again with numpy.save")
      -> DatasetError
    {
      DatasetError(place: region.path, problem: problem, advice: advice)
    }
    let size = region.count
    guard size >= 12, region.bytes(0..<6) == Self.mark else {
      throw fault("is no array in NumPy's format")
    }
    let version = Int(region.bytes(6..<7)[0])
    guard (1...3).contains(version) else {
      throw fault("has NumPy's format \(version), unknown here")
    }
    let digits = version == 1 ? 2 : 4
    let length = region.bytes(8..<8 + digits).reversed().reduce(0) {
      $0 << 8 | Int($1)
    }
    let values = 8 + digits + length
    guard length <= Self.longestHeader, values <= size else {
      throw fault("is truncated: its header of \(length) bytes is not there")
    }
    let text = String(
      decoding: region.bytes(8 + digits..<values), as: UTF8.self)
    guard let header = ArrayHeader(text) else { throw fault("has a header that tells no array") }
    guard !header.isFortran || header.shape.count < 2 else {
      throw fault(
        "is stored column by column (Fortran's order)", "save numpy.ascontiguousarray(...) of it")
    }
    guard let width = Int(header.type.dropFirst()), "biuf".contains(header.type.prefix(1)),
      (1...8).contains(width)
    else { throw fault("has values of the type \(header.type)", "save whole numbers") }
    var bytes = width
    for extent in header.shape {
      let (product, isTooLarge) = bytes.multipliedReportingOverflow(by: extent)
      guard !isTooLarge else { throw fault("has the impossible shape \(header.shape)") }
      bytes = product
    }
    guard bytes == size - values else {
      throw fault(
        "is damaged: \(size - values) bytes of values, where \(bytes) belong to the shape "
          + "\(header.shape)")
    }
    self.region = region
    start = values
    shape = header.shape
    type = header.type
    isBigEndian = header.isBigEndian
  }

  /// The values as class labels; `[N]` or `[N,1]`.
  func labels() throws -> [Int32] {
    guard shape.count == 1 || shape.count == 2 && shape[1] == 1, "iub".contains(type.prefix(1)),
      let width = Int(type.dropFirst())
    else {
      throw DatasetError(
        place: region.path, problem: "labels of shape \(shape) and type \(type)",
        advice: "save whole numbers of shape [N]")
    }
    return try (0..<shape[0]).map { index in
      let at = start + index * width
      let bytes = region.bytes(at..<at + width)
      let value = (isBigEndian ? bytes : bytes.reversed()).reduce(UInt64(0)) {
        $0 << 8 | UInt64($1)
      }
      // A negative number has its highest bit set, and is far too large as one without a sign.
      guard value < 1 << 16 else {
        throw DatasetError(
          place: region.path, problem: "label \(index) is no number from 0 to 65535",
          advice: "number the classes from 0")
      }
      return Int32(value)
    }
  }
}

/// What `{'descr': '|u1', 'fortran_order': False, 'shape': (60000, 28, 28), }` tells.
struct ArrayHeader {
  let type: String
  let isBigEndian: Bool
  let isFortran: Bool
  let shape: [Int]

  init?(_ text: String) {
    func value(_ key: String) -> Substring? {
      text.firstRange(of: "'\(key)':").map { text[$0.upperBound...].drop { $0 == " " } }
    }
    guard let descr = value("descr"), descr.first == "'",
      let order = value("fortran_order"), let extents = value("shape"), extents.first == "(",
      let end = extents.firstIndex(of: ")")
    else { return nil }
    let name = descr.dropFirst().prefix { $0 != "'" }
    guard let mark = name.first, "<>|=".contains(mark) else { return nil }
    type = String(name.dropFirst())
    isBigEndian = mark == ">"
    isFortran = order.hasPrefix("True")
    guard isFortran || order.hasPrefix("False") else { return nil }
    var shape: [Int] = []
    for part in extents[extents.index(after: extents.startIndex)..<end].split(separator: ",") {
      let digits = part.filter { $0 != " " }
      guard !digits.isEmpty || shape.count > 0 else { return nil }
      guard let extent = Int(digits), extent >= 0 else { return nil }
      shape.append(extent)
    }
    self.shape = shape
  }
}
