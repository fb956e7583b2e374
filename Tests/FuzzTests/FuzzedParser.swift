import Compute
import Datasets
import Export
import Search
import Studies
import TensorFiles
import Testing

/// A reader of bytes that someone else wrote, as `tools/fuzz` and `CorpusTests` drive it.
///
/// A new parser is a new entry of one of the lists in `all`, and a folder of small files in `Corpora`.
struct FuzzedParser: Sendable, CustomTestStringConvertible {
  /// Reads bytes and does with them what the program does; throws what the program would tell.
  typealias Read = ([UInt8]) throws -> Void

  let name: String
  /// Makes all that reading needs: folders, spaces, networks.
  let prepare: @Sendable () throws -> Read

  var testDescription: String { name }

  init(_ name: String, prepare: @escaping @Sendable () throws -> Read) {
    self.name = name
    self.prepare = prepare
  }

  static let all = images + tensors + configurations + tables + studies + reports
}

/// What may come of bytes: they are taken, or refused in words of our own.
enum ReadingOutcome: Equatable {
  case accepted
  case refused(String)

  /// Reads the bytes; throws where an error is not one of ours, and where a law does not hold.
  init(of bytes: [UInt8], by read: FuzzedParser.Read) throws {
    do {
      try read(bytes)
      self = .accepted
    } catch let error where Self.isOurs(error) {
      let line = "\(error)"
      guard !line.isEmpty else { throw BrokenLaw("an error without a word") }
      self = .refused(line)
    }
  }

  private static func isOurs(_ error: any Error) -> Bool {
    error is FileError || error is ConfigurationError || error is SearchError
      || error is DatasetError || error is NoStudy || error is EstimationError
      || error is DeviceError || error is Refusal
  }
}

/// A refusal without a reason: the program goes on as if there were no such file.
struct Refusal: Error, CustomStringConvertible {
  let description: String
  init(_ description: String = "passed by") { self.description = description }
}

/// What was read is not what it should be.
struct BrokenLaw: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }

  static func check(_ holds: Bool, _ law: @autoclosure () -> String) throws {
    guard holds else { throw BrokenLaw(law()) }
  }
}
