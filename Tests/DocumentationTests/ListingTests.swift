import Foundation
import Supernets
import Testing

/// What the documentation shows is what is compiled: each listing is a part of a source file.
struct ListingTests {
  private static let root = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  private static func files(below folders: [String], endingIn suffixes: [String]) -> [URL] {
    folders.flatMap { folder in
      let all = FileManager.default.enumerator(atPath: root.appendingPathComponent(folder).path)
      return (all?.compactMap { $0 as? String } ?? [])
        .filter { name in
          suffixes.contains { name.hasSuffix($0) } && !name.hasPrefix(".build/")
        }
        .map { root.appendingPathComponent(folder).appendingPathComponent($0) }
    }
  }

  private static let documents =
    ["README.md", "DESIGN.md"].map { root.appendingPathComponent($0) }
    + files(below: ["Sources"], endingIn: [".md"])

  private static let languages: [String: [String]] = [
    "swift": [".swift"], "c": [".cl"], "cpp": [".cpp"],
  ]

  /// A fenced listing of a document.
  private struct Listing {
    var place: String
    var language: String
    var lines: [String]
  }

  private static func listings() throws -> [Listing] {
    try documents.flatMap { file -> [Listing] in
      var found: [Listing] = []
      var open: Listing?
      let lines = try String(contentsOf: file, encoding: .utf8)
        .split(separator: "\n", omittingEmptySubsequences: false)
      for (number, line) in lines.enumerated() {
        if let listing = open {
          if line.hasPrefix("```") {
            found.append(listing)
            open = nil
          } else {
            open?.lines.append(String(line))
          }
        } else if line.hasPrefix("```") {
          open = Listing(
            place: "\(file.lastPathComponent):\(number + 1)", language: String(line.dropFirst(3)),
            lines: [])
        }
      }
      #expect(open == nil, "\(file.lastPathComponent): a listing does not end")
      return found
    }
  }

  /// Lines without the margin that all have.
  private static func flush(_ lines: [String]) -> String {
    let margin =
      lines.filter { !$0.isEmpty }
      .map { $0.prefix { $0 == " " }.count }.min() ?? 0
    return lines.map { String($0.dropFirst(margin)) }.joined(separator: "\n")
  }

  @Test func everyListingIsCompiled() throws {
    let sources = try Self.files(
      below: ["Sources"], endingIn: Self.languages.values.flatMap(\.self)
    ).map { (name: $0.lastPathComponent, text: try String(contentsOf: $0, encoding: .utf8)) }
    var count = 0
    for listing in try Self.listings() {
      guard let suffixes = Self.languages[listing.language] else { continue }
      count += 1
      let text = Self.flush(listing.lines)
      let isFound = sources.contains { source in
        suffixes.contains { source.name.hasSuffix($0) }
          && Self.contains(source.text, listing.lines, text)
      }
      #expect(isFound, "\(listing.place): no source file has this listing\n\(text)")
    }
    #expect(count >= 10)
  }

  /// Whether consecutive lines of a source are the listing, at any one margin.
  private static func contains(_ source: String, _ listing: [String], _ text: String) -> Bool {
    let lines = source.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    guard let first = listing.first?.trimmingCharacters(in: .whitespaces) else { return true }
    return lines.indices.contains { start in
      lines[start].trimmingCharacters(in: .whitespaces) == first
        && start + listing.count <= lines.count
        && flush(Array(lines[start..<start + listing.count])) == text
    }
  }

  /// Spaces are read as a user would have them read.
  @Test func everySpaceIsRead() throws {
    var names: [String] = []
    for listing in try Self.listings() where listing.language == "yaml" {
      let text = listing.lines.joined(separator: "\n")
      guard text.contains("\nkind: "), !text.contains("kind: plain") else { continue }
      let space = try SpaceCatalogue.space(
        reading: ConfigurationNode(parsing: text, file: listing.place))
      names.append(space.name)
      #expect(try space.cost(of: space.largest).multiplyAdds > 0, "\(listing.place)")
    }
    #expect(names.contains("my-cells") && names.contains("my-rnn"))
  }
}
