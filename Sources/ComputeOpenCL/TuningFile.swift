import Compute
import TensorFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// A device's tuning in a file that people can read.
///
/// It is only ever a help: a file of another device, driver or version, a damaged one, one that
/// someone else may have written, or one with numbers out of bounds is ignored as a whole.
public struct TuningFile: Sendable {
  public let path: String
  let fingerprint: TuningFingerprint

  private static let format = 1
  /// More than any space needs.
  private static let mostChoices = 10_000
  private static let mostBytes = 1 << 22

  public init(_ fingerprint: TuningFingerprint, in folder: String) {
    path = "\(folder)/\(fingerprint.fileName)"
    self.fingerprint = fingerprint
  }

  /// The tuning, if there is a valid one, and in one line why not if a file is there.
  public func read() -> (tuning: Tuning?, problem: String?) {
    guard FileReader.exists(path) else { return (nil, nil) }
    do {
      let bytes = try FileReader.bytes(of: path, limit: Self.mostBytes, isOwn: true)
      return (try tuning(bytes), nil)
    } catch let error as FileError {
      return (nil, "\(error); the device is used untuned")
    } catch let refusal as Refusal {
      return (nil, "\(path): \(refusal.reason); `supernet tune` makes a new one")
    } catch {
      return (nil, "\(path): not JSON of a tuning; `supernet tune` makes a new one")
    }
  }

  /// Replaces the file; only its owner may write to it.
  public func write(_ tuning: Tuning) throws {
    let folder = String(path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex))
    _ = UserCache.make(folder)
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    let contents = Contents(
      format: Self.format, device: fingerprint, build: Contents.Build(tuning.build),
      choices: tuning.choices.sorted { $0.key.text < $1.key.text }.map {
        Contents.Choice(
          work: $0.key, settings: $0.value.settings,
          defaultMilliseconds: $0.value.defaultTime / .milliseconds(1),
          milliseconds: $0.value.time / .milliseconds(1))
      })
    let text = String(decoding: try encoder.encode(contents), as: UTF8.self)
    try AtomicFile.write(text + "\n", to: path, mode: 0o644)
  }

  private struct Refusal: Error { let reason: String }

  private func tuning(_ bytes: [UInt8]) throws -> Tuning {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    let contents = try decoder.decode(Contents.self, from: .init(bytes))
    guard contents.format == Self.format, contents.device.kernels == fingerprint.kernels else {
      throw Refusal(reason: "of another version of Supernet")
    }
    guard contents.device == fingerprint else {
      throw Refusal(reason: "of another device or driver")
    }
    guard contents.choices.count <= Self.mostChoices, contents.isWithinBounds else {
      throw Refusal(reason: "numbers out of bounds")
    }
    let choices = contents.choices.map {
      (
        $0.work,
        Tuning.Choice(
          $0.settings, defaultTime: .milliseconds($0.defaultMilliseconds),
          time: .milliseconds($0.milliseconds))
      )
    }
    return Tuning(
      build: contents.build.build, choices: Dictionary(choices) { $1 }, origin: path)
  }
}

/// What is in the file.
private struct Contents: Codable {
  struct Build: Codable {
    var instructionSet: String?
    var lanes: Int?
    var rows: Int?
    var columns: Int?
    var elementsPerItem: Int?

    init(_ build: DeviceBuild) {
      instructionSet = build.instructionSet
      lanes = build.tile?.lanes
      rows = build.tile?.rows
      columns = build.tile?.columns
      elementsPerItem = build.tile?.elementsPerItem
    }

    var build: DeviceBuild {
      guard let lanes, let rows, let columns, let elementsPerItem else {
        return DeviceBuild(instructionSet: instructionSet)
      }
      return DeviceBuild(
        instructionSet: instructionSet,
        tile: Tile(lanes: lanes, rows: rows, columns: columns, elementsPerItem: elementsPerItem))
    }

    var isWithinBounds: Bool {
      [4, 8, 16].contains(lanes ?? 4) && (1...16).contains(rows ?? 1)
        && (1...3).contains(columns ?? 1) && (1...65_536).contains(elementsPerItem ?? 1)
    }
  }

  struct Choice: Codable {
    var work: WorkBucket
    var settings: [String: Int]
    var defaultMilliseconds: Double
    var milliseconds: Double
  }

  var format: Int
  var device: TuningFingerprint
  var build: Build
  var choices: [Choice]

  var isWithinBounds: Bool {
    let sizes = 1...(1 << 40)
    let times = 0...1e9
    return build.isWithinBounds
      && choices.allSatisfy { choice in
        let work = choice.work
        return [work.rows, work.columns, work.depth, work.kernel, work.stride].allSatisfy(
          sizes.contains)
          && !choice.settings.isEmpty && choice.settings.count <= 16
          && choice.settings.values.allSatisfy((1...4096).contains)
          && times.contains(choice.defaultMilliseconds) && times.contains(choice.milliseconds)
      }
  }
}
