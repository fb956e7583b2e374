import Datasets
import Testing

@Suite struct DecodingTests {
  /// Each of four pixels is a block of its own grey, which JPEG keeps.
  private static let corners = Raster(
    width: 16, height: 32, channels: 1,
    bytes: (0..<32).flatMap { y in
      (0..<16).map { x in [UInt8](arrayLiteral: 0, 80, 160, 240)[(y / 16) * 2 + x / 8] }
    })

  private func greys(_ raster: Raster) -> [Int] {
    [(0, 0), (1, 0), (0, 1), (1, 1)].map { x, y in
      let (column, row) = (
        raster.width / 4 + x * raster.width / 2, raster.height / 4 + y * raster.height / 2
      )
      return Int((Double(raster.bytes[row * raster.width + column]) / 80).rounded())
    }
  }

  /// Left above, right above, left below, right below, as EXIF 2.32 shows them.
  @Test(
    arguments: zip(
      1...8 as ClosedRange<UInt8>,
      [
        [0, 1, 2, 3], [1, 0, 3, 2], [3, 2, 1, 0], [2, 3, 0, 1], [0, 2, 1, 3], [2, 0, 3, 1],
        [3, 1, 2, 0], [1, 3, 0, 2],
      ]))
  func imagesComeUpright(_ orientation: UInt8, _ expected: [Int]) throws {
    for isBigEndian in [false, true] {
      let file = try ImageFiles.jpeg(
        Self.corners, orientation: orientation, isBigEndian: isBigEndian)
      let raster = try ImageFile.decode(file, name: "x.jpg", channels: 1)
      #expect(greys(raster) == expected)
      #expect(raster.width == (orientation < 5 ? 16 : 32))
    }
  }

  @Test func pngKeepsEveryByte() throws {
    let bytes = (0..<6 * 5 * 3).map { UInt8(truncatingIfNeeded: $0 * 37) }
    let raster = Raster(width: 6, height: 5, channels: 3, bytes: bytes)
    #expect(try ImageFile.decode(PNGFile.encode(raster), name: "x", channels: 3) == raster)
  }

  @Test(arguments: ["png", "jpg"]) func coloursBecomeGreyAndGreysColour(_ kind: String) throws {
    func file(_ raster: Raster) throws -> [UInt8] {
      try kind == "png" ? PNGFile.encode(raster) : JPEGFile.encode(raster, quality: 100)
    }
    let grey = try ImageFile.decode(
      file(ImageFiles.plain([200, 100, 50])), name: "x", channels: 1)
    #expect(abs(Int(grey.bytes[0]) - 124) <= 1)
    let color = try ImageFile.decode(file(ImageFiles.plain([90])), name: "x", channels: 3)
    #expect(color.bytes.allSatisfy { abs(Int($0) - 90) <= 1 })
  }

  @Test(arguments: ImageFit.allCases) func anySizeBecomesSquare(_ fit: ImageFit) throws {
    // A bright bar across the middle of a wide image.
    let wide = Raster(
      width: 60, height: 20, channels: 1,
      bytes: (0..<20).flatMap { _ in (0..<60).map { 20..<40 ~= $0 ? 200 : 100 } })
    let square = wide.square(12, fit)
    #expect(square.width == 12 && square.height == 12)
    let middle = Array(square.bytes[6 * 12..<7 * 12])
    switch fit {
    case .crop: #expect(square.bytes.allSatisfy { $0 > 140 })
    case .stretch: #expect(middle[0] == 100 && middle[6] == 200 && middle[11] == 100)
    case .pad: #expect(square.bytes[..<12].allSatisfy { $0 == 0 } && middle[0] == 100)
    }
  }

  /// The mean of an image does not depend on its size: nothing is left out, and nothing rings.
  @Test(arguments: [1, 3, 8, 31, 64, 200]) func resizingKeepsTheMean(_ side: Int) {
    let bytes = (0..<64 * 64).map { pixel -> UInt8 in
      let (column, row) = (pixel % 64 / 8, pixel / 512)
      return (column + row) % 2 == 0 ? 50 : 150
    }
    let small = Raster(width: 64, height: 64, channels: 1, bytes: bytes).square(side, .stretch)
    let mean = small.bytes.reduce(0) { $0 + Double($1) } / Double(side * side)
    #expect(abs(mean - 100) < 3, "\(mean)")
    #expect(small.bytes.allSatisfy { 50...150 ~= $0 })
  }

  @Test func aLargeJPEGComesSmallerWhereThatDoes() throws {
    let file = try JPEGFile.encode(ImageFiles.plain([9, 99, 199], width: 400, height: 300))
    let whole = try ImageFile.decode(file, name: "x", channels: 3)
    #expect(whole.width == 400)
    let small = try ImageFile.decode(file, name: "x", channels: 3, least: 30)
    #expect(small.width == 100 && small.height == 75)
    #expect(abs(Int(small.bytes[1]) - 99) <= 2)
  }

  /// Cut anywhere, a file is refused in one line that names it, or is whole.
  @Test(arguments: ["png", "jpg"]) func cutFilesAreRefused(_ kind: String) throws {
    let noise = (0..<64 * 48 * 3).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 3) }
    let raster = Raster(width: 64, height: 48, channels: 3, bytes: noise)
    let file = try kind == "png" ? PNGFile.encode(raster) : JPEGFile.encode(raster)
    for part in stride(from: 0, to: 0.97, by: 0.04) {
      let cut = Array(file.prefix(Int(Double(file.count) * part)))
      let error = #expect(throws: DatasetError.self) {
        try ImageFile.decode(cut, name: "cut.\(kind)", channels: 3)
      }
      #expect(error?.description.hasPrefix("cut.\(kind): ") == true)
    }
  }

  @Test func headersThatLieTakeNoMemory() throws {
    var png = try PNGFile.encode(ImageFiles.plain([1, 2, 3]))
    png.replaceSubrange(16..<24, with: [0, 0, 0x20, 0, 0, 0, 0x20, 0])
    #expect(throws: DatasetError.self) { try ImageFile.decode(png, name: "x", channels: 3) }
    var jpeg = try JPEGFile.encode(ImageFiles.plain([1, 2, 3]))
    let frame = try #require(
      (0..<jpeg.count - 1).first { jpeg[$0] == 0xFF && jpeg[$0 + 1] == 0xC0 })
    jpeg.replaceSubrange(frame + 5..<frame + 9, with: [0xFF, 0xDC, 0xFF, 0xDC])
    let error = #expect(throws: DatasetError.self) {
      try ImageFile.decode(jpeg, name: "x", channels: 3)
    }
    #expect(error?.problem.contains("65500x65500 pixels") == true)
  }
}
