import CTurboJPEG

/// JPEG files through libjpeg-turbo.
package enum JPEGFile {
  /// Decodes a file, smaller where `least` allows it, and turns it upright.
  static func decode(
    _ bytes: [UInt8], name: String, channels: Int, least: Int
  ) throws -> Raster {
    guard let decoder = tjInitDecompress() else { throw fault(name, "memory is short") }
    defer { tjDestroy(decoder) }
    var (width, height, sampling, colors) = (Int32(0), Int32(0), Int32(0), Int32(0))
    guard
      tjDecompressHeader3(
        decoder, bytes, UInt(bytes.count), &width, &height, &sampling, &colors) == 0
    else { throw fault(name, text(of: decoder)) }
    try ImageFile.requireSize(Int(width), Int(height), name: name)
    guard colors != TJCS_CMYK.rawValue, colors != TJCS_YCCK.rawValue else {
      throw DatasetError(
        place: name, problem: "is JPEG in CMYK, the colours of print",
        advice: "save it as RGB, or leave such files out with `broken: skip`")
    }
    let side = min(Int(width), Int(height))
    // Twice as large as needed: what is left to average makes it smooth.
    let eighths = least == .max ? 8 : [1, 2, 4].first { side * $0 / 8 >= 2 * least } ?? 8
    let scaled = (Int(width) * eighths + 7) / 8, lines = (Int(height) * eighths + 7) / 8
    var code: Int32 = 0
    let format = channels == 1 ? TJPF_GRAY : TJPF_RGB
    let pixels = [UInt8](unsafeUninitializedCapacity: scaled * lines * channels) { target, count in
      code = tjDecompress2(
        decoder, bytes, UInt(bytes.count), target.baseAddress, Int32(scaled), 0, Int32(lines),
        format.rawValue, TJFLAG_ACCURATEDCT | TJFLAG_LIMITSCANS)
      count = scaled * lines * channels
    }
    // Bytes between two parts are harmless, and cameras write them; all other warnings are damage.
    guard code == 0 || text(of: decoder).contains("extraneous bytes") else {
      throw fault(name, text(of: decoder))
    }
    let raster = Raster(width: scaled, height: lines, channels: channels, bytes: pixels)
    return raster.upright(Orientation(ofJPEG: bytes))
  }

  /// Encodes an image.
  package static func encode(_ raster: Raster, quality: Int = 90) throws -> [UInt8] {
    guard let encoder = tjInitCompress() else { throw fault("JPEG", "memory is short") }
    defer { tjDestroy(encoder) }
    var (target, size) = (UnsafeMutablePointer<UInt8>?.none, UInt(0))
    defer { tjFree(target) }
    let (format, sampling) =
      raster.channels == 1 ? (TJPF_GRAY, TJSAMP_GRAY) : (TJPF_RGB, TJSAMP_420)
    guard
      tjCompress2(
        encoder, raster.bytes, Int32(raster.width), 0, Int32(raster.height), format.rawValue,
        &target, &size, Int32(sampling.rawValue), Int32(quality), 0) == 0, let target
    else { throw fault("JPEG", text(of: encoder)) }
    return Array(UnsafeBufferPointer(start: target, count: Int(size)))
  }

  private static func text(of handle: tjhandle) -> String {
    tjGetErrorStr2(handle).map { String(cString: $0) } ?? "no reason given"
  }

  private static func fault(_ name: String, _ reason: String) -> DatasetError {
    DatasetError(
      place: name, problem: "cannot be decoded as JPEG (\(reason))", advice: ImageFile.advice)
  }
}
