#if canImport(FoundationEssentials)
  public import FoundationEssentials
#else
  public import Foundation
#endif

/// JSON as studies hold it: the same value always gives the same bytes, and a number that is none (a
/// diverged loss) is a string.
public enum StudyCoding {
  private static let (infinity, minusInfinity, nan) = ("infinity", "-infinity", "nan")

  public static var encoder: JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: infinity, negativeInfinity: minusInfinity, nan: nan)
    return encoder
  }

  public static var decoder: JSONDecoder {
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: infinity, negativeInfinity: minusInfinity, nan: nan)
    return decoder
  }
}

extension Study {
  /// Reads a study, or throws what is wrong with the text.
  public init(json: Data) throws {
    self = try StudyCoding.decoder.decode(Study.self, from: json)
  }

  /// Writes the study, to be read back as it was.
  public func json() throws -> Data { try StudyCoding.encoder.encode(self) }
}
