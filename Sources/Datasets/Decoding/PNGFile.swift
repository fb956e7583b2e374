import CPNG

/// PNG files through libpng's simplified interface.
package enum PNGFile {
  /// Deflate makes no more of a byte.
  private static let mostExpansion = 1_032

  static func decode(_ bytes: [UInt8], name: String, channels: Int) throws -> Raster {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    defer { png_image_free(&image) }
    return try bytes.withUnsafeBytes { bytes in
      guard png_image_begin_read_from_memory(&image, bytes.baseAddress, bytes.count) != 0 else {
        throw fault(name, image.text)
      }
      let (width, height) = (Int(image.width), Int(image.height))
      try ImageFile.requireSize(width, height, name: name)
      // An image of one bit a pixel is the smallest.
      guard width * height / 8 / mostExpansion <= bytes.count else {
        throw fault(name, "too few bytes for \(width)x\(height) pixels")
      }
      // Without a word about it, 16 bits are as 8 bits are, not linear light.
      image.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
      image.format = UInt32(PNG_FORMAT_FLAG_COLOR) | UInt32(PNG_FORMAT_FLAG_ALPHA)
      var isWhole = false
      let pixels = [UInt8](unsafeUninitializedCapacity: width * height * 4) { target, count in
        isWhole = png_image_finish_read(&image, nil, target.baseAddress, 0, nil) != 0
        count = isWhole ? width * height * 4 : 0
      }
      guard isWhole else { throw fault(name, image.text) }
      return Raster(
        width: width, height: height, channels: channels, bytes: onWhite(pixels, channels: channels)
      )
    }
  }

  /// Encodes an image.
  package static func encode(_ raster: Raster) throws -> [UInt8] {
    var image = png_image()
    image.version = UInt32(PNG_IMAGE_VERSION)
    image.width = UInt32(raster.width)
    image.height = UInt32(raster.height)
    image.format = raster.channels == 1 ? 0 : UInt32(PNG_FORMAT_FLAG_COLOR)
    defer { png_image_free(&image) }
    var size = raster.bytes.count + raster.height + (1 << 16)
    var isWhole = false
    let bytes = [UInt8](unsafeUninitializedCapacity: size) { target, count in
      isWhole =
        png_image_write_to_memory(&image, target.baseAddress, &size, 0, raster.bytes, 0, nil) != 0
      count = isWhole ? size : 0
    }
    guard isWhole else { throw fault("PNG", image.text) }
    return bytes
  }

  /// Colours over white where they are transparent, grey if one channel is wanted.
  private static func onWhite(_ pixels: [UInt8], channels: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(pixels.count / 4 * channels)
    for start in stride(from: 0, to: pixels.count, by: 4) {
      let alpha = Int(pixels[start + 3])
      func over(_ value: UInt8) -> UInt8 {
        UInt8((Int(value) * alpha + 255 * (255 - alpha) + 127) / 255)
      }
      let (red, green, blue) = (
        over(pixels[start]), over(pixels[start + 1]), over(pixels[start + 2])
      )
      if channels == 1 {
        result.append(Grey.of(red, green, blue))
      } else {
        result.append(red)
        result.append(green)
        result.append(blue)
      }
    }
    return result
  }

  private static func fault(_ name: String, _ reason: String) -> DatasetError {
    DatasetError(
      place: name, problem: "cannot be decoded as PNG (\(reason))", advice: ImageFile.advice)
  }
}

extension png_image {
  /// What libpng says went wrong.
  fileprivate var text: String {
    withUnsafeBytes(of: message) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
