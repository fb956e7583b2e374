import Foundation
internal import GRDB
import Laws
import Search
import Studies
import Testing

/// Files that are no study, or not the one that is asked for: told in one line, and left alone.
struct BadStudyTests {
  /// A study of a few trials.
  private func sample() throws -> TemporaryStudy {
    let place = try TemporaryStudy()
    _ = try place.open().search(60)
    return place
  }

  private func message(_ open: () throws -> Void) -> String {
    do {
      try open()
      return "opened"
    } catch { return "\(error)" }
  }

  private func expectRefusal(
    _ place: TemporaryStudy, _ part: String, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let before = FileManager.default.contents(atPath: place.path)
    for text in [
      message { _ = try StudyFile(readingFrom: place.path) }, message { _ = try place.open() },
    ] {
      #expect(text.hasPrefix(place.path + ": "), "\(text)", sourceLocation: sourceLocation)
      #expect(text.contains(part), "\(text)", sourceLocation: sourceLocation)
      #expect(!text.contains("\n"), "\(text)", sourceLocation: sourceLocation)
    }
    #expect(FileManager.default.contents(atPath: place.path) == before)
  }

  @Test func anotherSpace() throws {
    let place = try sample()
    let header = StudyHeader(
      try SampleSpaces.nested(), named: "nested", goal: TemporaryStudy.goal,
      judgedBy: EstimatorIdentity("sample"))
    let text = message { _ = try StudyFile(place.path, of: header) }
    #expect(text.contains("is a study of another space (plain); give another file"), "\(text)")
  }

  /// The same choices in other networks, or the same networks judged otherwise.
  @Test func whatDoesNotCompare() throws {
    let place = try TemporaryStudy()
    let begun = EstimatorIdentity("trained", settings: ["epochs": "8", "images": "a"])
    _ = try StudyFile(place.path, of: TemporaryStudy.header(judgedBy: begun, configuration: "28"))
    for (estimator, configuration, problem) in [
      (begun, "12", "is a study of another space (another plain)"),
      (
        EstimatorIdentity("trained", settings: ["epochs": "4", "images": "a"]), "28",
        "holds trials judged with epochs 8, not 4; go on with"
      ),
      (
        EstimatorIdentity("trained", settings: ["epochs": "8"]), "28",
        "holds trials judged with images a, not none"
      ),
      (EstimatorIdentity("table"), "28", "judged with the estimator trained, not table"),
    ] {
      let goal = SearchGoal(Objective(.minimise, "cost"))
      let header = StudyHeader(
        try SampleSpaces.plain(), named: "plain", goal: goal, judgedBy: estimator,
        configuration: configuration)
      let text = message { _ = try StudyFile(place.path, of: header) }
      #expect(text.contains(problem), "\(text)")
    }
    #expect(try StudyFile(readingFrom: place.path).header.goal == TemporaryStudy.goal)
  }

  @Test func noStudyAtAll() throws {
    let place = try TemporaryStudy()
    for count in [1, 5000] {
      try Data(repeating: 65, count: count).write(to: URL(fileURLWithPath: place.path))
      expectRefusal(place, "is no study (not an SQLite file)")
    }
    try Data().write(to: URL(fileURLWithPath: place.path))
    let empty = message { _ = try StudyFile(readingFrom: place.path) }
    #expect(empty.contains("is empty: what made it was stopped before it began"), "\(empty)")
    let absent = message { _ = try StudyFile(readingFrom: place.folder + "/none.sqlite") }
    #expect(absent.contains("cannot read (No such file or directory); check the path"))
    let folder = message {
      _ = try StudyFile("/proc/none/study.sqlite", of: try TemporaryStudy.header())
    }
    #expect(folder.contains("check that the folder exists"), "\(folder)")
  }

  @Test func anotherDatabase() throws {
    let place = try TemporaryStudy()
    let database = try DatabaseQueue(path: place.path)
    try database.write { try $0.execute(sql: "CREATE TABLE player (name TEXT)") }
    try database.close()
    expectRefusal(place, "is no study (another program's database)")
    #expect(place.names == ["study.sqlite"])
  }

  @Test func aLaterVersion() throws {
    let place = try sample()
    try change(place, "PRAGMA user_version = 7")
    expectRefusal(place, "is a study of version 7, and version 2 is known")
  }

  @Test(arguments: [
    "UPDATE trial SET metrics = 'x' WHERE number = 3",
    "UPDATE trial SET fidelity = 2 WHERE number = 3",
    "UPDATE trial SET architecture = '[9,0,0,0,0,0]' WHERE number = 3",
    "DELETE FROM trial WHERE number = 3", "DELETE FROM study", "DROP TABLE trial",
    "UPDATE study SET space = '{\"dimensions\":[]}'",
  ]) func damagedRows(_ statement: String) throws {
    let place = try sample()
    try change(place, statement)
    expectRefusal(place, "is damaged: ")
  }

  /// What would run, or never end, when it is looked at.
  @Test(arguments: [
    "CREATE TRIGGER more AFTER UPDATE ON trial BEGIN DELETE FROM trial; END",
    "CREATE VIEW more AS SELECT * FROM trial",
    "CREATE TABLE more (name TEXT)", "ALTER TABLE trial ADD COLUMN more TEXT",
    "DROP INDEX trial_pending",
    """
    ALTER TABLE trial RENAME TO other;
    CREATE VIEW trial AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
    SELECT * FROM other, n
    """,
  ]) func aStrangersTables(_ statement: String) throws {
    let place = try sample()
    try change(place, statement)
    expectRefusal(place, "is damaged: its tables are not a study's")
  }

  @Test func damagedPages() throws {
    let place = try sample()
    var bytes = try Data(contentsOf: URL(fileURLWithPath: place.path))
    bytes.replaceSubrange(4096..<bytes.count, with: Data(repeating: 7, count: bytes.count - 4096))
    try bytes.write(to: URL(fileURLWithPath: place.path))
    expectRefusal(place, "is damaged: ")
    try bytes.prefix(6000).write(to: URL(fileURLWithPath: place.path))
    expectRefusal(place, "is damaged: ")
  }

  private func change(_ place: TemporaryStudy, _ statement: String) throws {
    let database = try DatabaseQueue(path: place.path)
    try database.inDatabase { try $0.execute(sql: statement) }
    try database.close()
  }
}
