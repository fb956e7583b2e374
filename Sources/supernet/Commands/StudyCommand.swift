import ArgumentParser
import Search
import Studies
import TensorFiles
import Terminal

struct StudyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "study",
    abstract: "Lists studies, shows one, or writes its trials for other programs.",
    discussion: """
      A study is an SQLite file: the study.sqlite of a run's folder, or what `search --study` and \
      `compare` made. It may be looked at while searches are at work on it.
      """,
    subcommands: [StudyListCommand.self, StudyShowCommand.self, StudyExportCommand.self])
}

struct StudyListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "Lists the studies in files and folders.")

  @Argument(help: "Files, and folders that are searched with those below them.")
  var paths = ["."]
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    var reports: [StudyReport] = []
    for path in paths {
      for (file, isAsked) in try StudyFinder.files(at: path) {
        do {
          reports.append(try StudyReport(try StudyFile(readingFrom: file)))
        } catch let error as NoStudy {
          // A folder may hold other programs' databases; a file that is named is meant.
          if isAsked { throw error }
        } catch let error as FileError {
          if isAsked { throw error }
          if !json { print("\(error)") }
        }
      }
    }
    if json { return print(try JSON.text(reports), terminator: "") }
    guard !reports.isEmpty else {
      return print("No study in \(paths.joined(separator: ", ")).")
    }
    var table = Table(["study", "space", "trials", "pending", "failed", "best", "objective"])
    for report in reports {
      table.rows.append([
        report.file, report.space, "\(report.trials)", "\(report.pending)", "\(report.failed)",
        report.best.map { Readable.significant($0) } ?? "-", report.objective,
      ])
    }
    print(table.text)
  }
}

struct StudyShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Shows what a study holds, and its best trials.")

  @Argument(help: "The study's file, or the folder of a run.") var path: String
  @Option(help: "How many of the best trials to show; of several objectives, of the Pareto front.")
  var best = 10
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard best >= 0 else { throw ValidationError("--best \(best): give 0 or more") }
  }

  func run() throws {
    let file = try StudyFile(readingFrom: StudyFinder.file(of: path))
    let report = try StudyReport(file, best: best)
    if json { return print(try JSON.text(report), terminator: "") }
    print(report.text + report.trialTable(of: file.header.goal))
  }
}

struct StudyExportCommand: ParsableCommand {
  enum Format: String, ExpressibleByArgument, CaseIterable { case csv, json, table }

  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Writes a study's trials as CSV or JSON.",
    discussion: """
      csv: every trial with all that is known of it. json: the space too, as the library's `Study` \
      reads it. table: architectures and metrics of what was judged in full, the objective first, \
      which `--table` reads; where less of it is better, search that with --objective METRIC=min.
      """)

  @Argument(help: "The study's file, or the folder of a run.") var path: String
  @Option(help: "csv, json or table.") var format = Format.csv
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write (standard output unless given).", valueName: "file"))
  var output: String?

  func run() throws {
    let file = try StudyFile(readingFrom: StudyFinder.file(of: path))
    let text =
      switch format {
      case .csv: file.csv
      case .table: file.table
      case .json: String(decoding: try file.study.json(), as: UTF8.self) + "\n"
      }
    guard let output else { return print(text, terminator: "") }
    try AtomicFile.write(text, to: output)
  }
}
