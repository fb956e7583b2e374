import Foundation
import Supernets
import Testing

import supernet

/// OPTIONS.md says of every option of the YAML files what the program does: none is missing, none too
/// many, and what is left out is what the page says.
@Suite struct OptionPageTests {
  /// A table of the page, and what reads such a file: the answer is it again, every value written out.
  struct Section: Sendable, CustomStringConvertible {
    let title: String
    /// Values of what has no default, by the option's name.
    let examples: [String: String]
    let read: @Sendable (ConfigurationNode) throws -> String
    var description: String { title }
  }

  private static let images = [
    "name": "x", "classes": "10", "input.channels": "1", "input.resolution": "8",
  ]

  private static func space(_ kind: String, _ examples: [String: String]) -> Section {
    Section(
      title: "A space of kind \(kind)",
      examples: examples.merging(images) { own, _ in own }
    ) { try SpaceCatalogue.space(reading: $0).yaml }
  }

  static let sections = [
    Section(
      title: "A run",
      examples: [
        "name": "x", "space": "mobilenet-28", "architecture": "largest", "from": "runs/y",
        "targets": "[cpu]",
        "data.path": "here", "data.size": "32", "training.clip-grad": "1",
        "training.sync-bn": "true", "training.half-activations": "true",
        "training.model-ema-decay": "0.9", "training.early-stopping-patience": "3",
        "training.resized-crop": "0.5", "training.randaugment": "2",
        "training.randaugment-magnitude": "5", "training.cutout": "4", "training.mixup": "0.2",
        "search.budgets-ms": "[1, 2]", "search.limits": "[parameters=100k]",
      ]
    ) { try RunConfiguration($0).yaml },
    space(
      "elastic",
      [
        "stem.width": "8", "stages[].depth": "1", "stages[].width": "8", "stages[].kernel": "3",
        "stages[].expansion": "1", "stages[].expands": "true", "head.width": "16",
      ]),
    space(
      "cell",
      [
        "kind": "cell", "cell.nodes": "2", "skeleton.width": "4", "skeleton.cells": "1",
        "skeleton.stem": "9", "operations": "[none, nor_conv_1x1]",
      ]),
    space(
      "chain",
      [
        "kind": "chain", "stages[].depth": "1", "stages[].operations": "[conv-1x1]",
        "stages[].width": "4", "head.depth": "1", "head.width": "8",
      ]),
    space("recurrent", ["kind": "recurrent", "cells": "[lstm]", "hidden": "8"]),
    space("either", ["kind": "either", "members": "[chain-28, rnn-28]"]),
  ]

  /// A row of the page.
  private struct Option {
    let name: String
    let standard: String
    /// `stages[]`, `depth`.
    var path: [Substring] { name.split(separator: ".") }
    /// What is between back quotes where the default is a value.
    var value: String? { standard.hasPrefix("`") ? String(standard.dropFirst().dropLast()) : nil }
  }

  private typealias Setting = (path: ArraySlice<Substring>, value: String)

  private static let page = Result {
    try String(
      contentsOf: URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../OPTIONS.md"), encoding: .utf8)
  }

  private func options(of section: Section) throws -> [Option] {
    let text = try Self.page.get().split(separator: "\n## ").first {
      $0.hasPrefix(section.title + "\n")
    }
    return try #require(text, "no section \(section)").split(separator: "\n")
      .filter { $0.hasPrefix("| `") }.map { line in
        let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        #expect(cells.count == 4, "\(line)")
        return Option(name: String(cells[0].dropFirst().dropLast()), standard: cells[2])
      }
  }

  /// A file on one line.
  private func yaml(_ settings: [Setting]) -> String {
    var keys: [Substring] = []
    for setting in settings {
      if let key = setting.path.first, !keys.contains(key) { keys.append(key) }
    }
    let fields = keys.map { key in
      let inner = settings.filter { $0.path.first == key }.map { ($0.path.dropFirst(), $0.value) }
      let value = inner.count == 1 && inner[0].0.isEmpty ? inner[0].1 : yaml(inner)
      return key.hasSuffix("[]") ? "\(key.dropLast(2)): [\(value)]" : "\(key): \(value)"
    }
    return "{\(fields.joined(separator: ", "))}"
  }

  private func read(_ settings: [Setting], _ section: Section) throws -> String {
    try section.read(ConfigurationNode(parsing: yaml(settings), file: "page"))
  }

  /// What must be given and nothing else.
  private func least(_ section: Section, _ options: [Option]) throws -> [Setting] {
    try options.filter { $0.standard == "required" }.map {
      ($0.path[...], try #require(section.examples[$0.name], "no example of \($0.name)"))
    }
  }

  @Test(arguments: sections) func namesAreThoseThatAreTaken(_ section: Section) throws {
    let options = try options(of: section)
    let least = try least(section, options)
    #expect(throws: Never.self) { try read(least, section) }
    // The file itself, and each mapping in it.
    let places = Set(options.flatMap { option in option.path.indices.map { option.path[..<$0] } })
    for place in places {
      let error = #expect(throws: ConfigurationError.self, "\(place)") {
        try read(least + [(place + ["no-such-option"], "1")], section)
      }
      let text = try #require(error).description
      let known = try #require(text.split(separator: "; known: ").dropFirst().first, "\(text)")
      let told = options.map(\.path).filter { $0.count > place.count && $0.starts(with: place) }
        .map { String($0[place.count]).replacing("[]", with: "") }
      #expect(Set(known.split(separator: ", ").map(String.init)) == Set(told), "\(place)")
    }
  }

  @Test(arguments: sections) func defaultsAreThoseInForce(_ section: Section) throws {
    let options = try options(of: section)
    #expect(Set(options.map(\.name)).count == options.count)
    let least = try least(section, options)
    let plain = try read(least, section)
    for option in options {
      let key = (option.path.last ?? "") + ":"
      let isWritten = plain.split { " \n{,[".contains($0) }.contains { $0 == key }
      switch (option.standard, option.value) {
      case ("required", _):
        let rest = least.filter { $0.path != option.path[...] }
        #expect(throws: ConfigurationError.self, "\(option.name)") { try read(rest, section) }
      case (_, let value?):
        #expect(isWritten, "\(option.name)")
        let given = try read(least + [(option.path[...], value)], section)
        #expect(given == plain, "\(option.name) is not \(value) unless given")
      default:
        #expect(["off", "derived"].contains(option.standard), "\(option.name)")
        #expect(option.standard == "derived" || !isWritten, "\(option.name)")
        let example = try #require(section.examples[option.name], "no example of \(option.name)")
        let given = try read(least + [(option.path[...], example)], section)
        #expect(given != plain, "\(option.name): \(example) changes nothing")
      }
    }
  }
}
