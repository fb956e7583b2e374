import Foundation
internal import GRDB
import Laws
import Search
import Studies

/// Studies: SQLite files of others, and files of ours in which one field is another's.
extension FuzzedParser {
  static let studies = [study, studyField]

  private static let study = FuzzedParser("study") {
    let folder = try ScratchFolder()
    return { bytes in
      folder.remove("s.sqlite-wal", "s.sqlite-shm", "s.sqlite-journal", "s.sqlite-workers")
      try use(folder.write("s.sqlite", bytes))
    }
  }

  private static let fields =
    ["space_name", "space", "configuration", "goal", "estimator", "workers"]
    + [
      "number", "architecture", "estimator", "fidelity", "source", "seed", "device", "state",
      "reason", "metrics", "nanoseconds", "proposal_nanoseconds", "worker", "revision",
    ]

  /// The first byte, a letter, says which field, the second whether it is text (t), a whole number (i),
  /// a number (r), nothing (n) or bytes.
  private static let studyField = FuzzedParser("study-field") {
    let folder = try ScratchFolder()
    let sample = try Data(contentsOf: URL(fileURLWithPath: TinyStudy.write(in: folder)))
    return { bytes in
      folder.remove("s.sqlite-wal", "s.sqlite-shm", "s.sqlite-journal", "s.sqlite-workers")
      let path = try folder.write("s.sqlite", [UInt8](sample))
      let field = Int((bytes.first ?? 0) &- 97) % fields.count
      let rest = bytes.dropFirst(2)
      let text = String(decoding: rest, as: UTF8.self)
      let value: (any DatabaseValueConvertible)? =
        switch bytes.dropFirst().first.map({ UnicodeScalar($0) }) {
        case "t": text
        case "i": Int64(text) ?? 0
        case "r": Double(text) ?? 0
        case "n": nil
        default: Data(rest)
        }
      let table = field < 6 ? "study" : "trial"
      let database = try DatabaseQueue(path: path)
      do {
        try database.inDatabase {
          try $0.execute(
            sql: "UPDATE \(table) SET \(fields[field]) = ?"
              + (field < 6 ? "" : " WHERE number = \(rest.count % 3)"), arguments: [value])
        }
      } catch { throw Refusal("SQLite: \(error)") }
      try database.close()
      try use(path)
    }
  }

  /// What is done with studies: shown, and gone on with.
  private static func use(_ path: String) throws {
    let file = try StudyFile(readingFrom: path)
    let goal = file.header.goal
    _ = (file.csv, file.table, file.study.best(by: goal), file.study.front(by: goal))
    _ = (BestCurve(file, by: goal), try file.abandonedCount())
    let own = try StudyFile(path, of: file.header)
    if let begun = try own.takeOver() {
      try own.complete(begun, metrics: ["accuracy": 0.5], duration: .seconds(1))
    }
    var generator = SeededGenerator(seed: 1)
    let next = file.header.space.random(using: &generator)
    if let claimed = try own.claim([Proposal(next)], source: "test")?.first {
      try own.fail(claimed, reason: "none", duration: .seconds(1))
    }
    try own.remeasure([0: ["accuracy": 0.25]])
  }
}

/// A study of three trials: complete, failed, pending.
enum TinyStudy {
  /// In small pages, so that a corpus is small.
  static func write(in folder: ScratchFolder) throws -> String {
    let path = folder.path("s.sqlite")
    let header = StudyHeader(
      try SampleSpaces.nested(), named: "nested",
      goal: SearchGoal(
        Objective(.maximise, "accuracy"), under: [Constraint("parameters", atMost: 10)]),
      judgedBy: EstimatorIdentity("sample", settings: ["epochs": "1"]), configuration: "space")
    do {
      let file = try StudyFile(path, of: header)
      var generator = SeededGenerator(seed: 2)
      var proposals: [Proposal] = []
      while proposals.count < 3 {
        let next = Proposal(header.space.random(using: &generator))
        if !proposals.contains(next) { proposals.append(next) }
      }
      let trials = try file.claim(proposals, source: "random") ?? []
      try file.complete(trials[0], metrics: ["accuracy": 0.5, "parameters": 3], duration: .zero)
      try file.fail(trials[1], reason: "diverged", duration: .seconds(1))
    }
    let database = try DatabaseQueue(path: path)
    try database.inDatabase { db in
      for statement in ["journal_mode = DELETE", "page_size = 512"] {
        try db.execute(sql: "PRAGMA \(statement)")
      }
      try db.execute(sql: "VACUUM")
    }
    try database.close()
    return path
  }
}
