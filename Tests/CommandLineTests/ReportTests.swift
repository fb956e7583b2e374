import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

@Suite struct ReportTests {
  private static let sections = [
    "Overview", "Chosen subnets", "Training", "Pareto fronts", "Devices compared",
    "Latency predictor", "Architectures", "Configuration", "How to reproduce",
  ]

  /// That of `supernet run`, and of `supernet report`: whole, by itself, and small.
  @Test func tellsOfARun() throws {
    let workspace = try TrainedRun.copy()
    let html = try workspace.text("runs/tiny/report.html")
    for section in Self.sections { #expect(html.contains(">\(section)</h2>"), "\(section)") }
    for part in [
      "prefers-color-scheme:dark", "Training loss", "Accuracy of sampled subnets", "Learning rate",
      "Accuracy and latency: cpu", "supernet compare-devices runs/tiny", "subnets/cpu-budget1",
      "supernet run run.yaml --threads 1", "Linux", "epochs: 1", "kernel: [3, 5]",
    ] {
      #expect(html.contains(part), "\(part)")
    }
    #expect(html.utf8.count < 2_000_000)
    // Nothing is fetched: no scripts, no links but to its own sections.
    #expect(!html.contains("<script") && !html.contains("src=") && !html.contains("url(http"))
    #expect(html.ranges(of: "href=\"").count == html.ranges(of: "href=\"#").count)
    let ids = html.split(separator: " id=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
    #expect(Set(ids).count == ids.count, "names inside of pictures are told apart")

    let outcome = try workspace.supernet(
      "report", "runs/tiny", "-o", "again.html", "--pictures", "pictures")
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
    #expect(try workspace.text("again.html").hasPrefix("<!DOCTYPE html>"))
    let pictures = workspace.files(below: "pictures")
    #expect(pictures.contains("training-loss.svg") && pictures.contains("front-cpu.svg"))
    for picture in pictures {
      #expect(XMLParser(data: try workspace.data("pictures/\(picture)")).parse(), "\(picture)")
    }
  }

  @Test func saysWhatIsAbsent() throws {
    let workspace = try TrainedRun.copy()
    for name in ["study.sqlite", "summary.json", "training.csv", "commands.jsonl"] {
      try workspace.remove("runs/tiny/\(name)")
    }
    let outcome = try workspace.supernet("report", "runs/tiny/")
    #expect(outcome.status == 0, "\(outcome)")
    let html = try workspace.text("runs/tiny/report.html")
    for section in Self.sections { #expect(html.contains(">\(section)</h2>"), "\(section)") }
    for command in [
      "supernet search runs/tiny", "supernet train RUN.yaml", "supernet time runs/tiny",
    ] {
      #expect(html.contains("<code>\(command)"), "\(command)")
    }
  }

  /// With --watch there is one from the first checkpoint on, which loads itself again until the end.
  @Test func aRunUnderWayCanBeWatched() throws {
    let workspace = try Workspace()
    try workspace.write("run.yaml", TinyRun.yaml(epochs: 60))
    let command = ["train", "run.yaml", "--threads", "1", "--watch", "--checkpoint-seconds", "0"]
    let job = try workspace.start(command)
    while job.process.isRunning, !workspace.exists("runs/tiny/report.html") {
      Thread.sleep(forTimeInterval: 0.002)
    }
    job.kill()
    let outcome = try job.wait()
    #expect(
      outcome.isSignal && outcome.output.contains("Watch runs/tiny/report.html"), "\(outcome)")
    let refresh = "http-equiv=\"refresh\""
    #expect(try workspace.text("runs/tiny/report.html").contains(refresh))
    let rest = try workspace.start(command + ["--resume"]).wait()
    #expect(rest.status == 0, "\(rest)")
    #expect(try !workspace.text("runs/tiny/report.html").contains(refresh))
  }

  @Test func hostileNamesStayText() throws {
    let workspace = try Workspace()
    let name = "<script>a&'b"
    try workspace.write(
      "x.yaml", TinyRun.space.replacing("name: tiny", with: "name: \"\(name)\""))
    try workspace.write("run.yaml", TinyRun.yaml(space: "x.yaml", candidates: 2))
    let outcome = try workspace.supernet("run", "run.yaml", "--threads", "1")
    guard outcome.status == 0 else { return expectOneLine(outcome, "name") }
    let html = try workspace.text("runs/tiny/report.html")
    #expect(!html.contains("<script>") && html.contains("&lt;script&gt;a&amp;"))
  }

  @Test func refusesWhatIsNoRun() throws {
    let workspace = try TrainedRun.copy()
    expectOneLine(try workspace.supernet("report", "images"), "images: holds no run")
    expectOneLine(
      try workspace.supernet("report", "runs/tiny", "-o", "no/x.html"), "no/x.html: cannot write")
    for (file, text) in [
      ("training.csv", "a,b\n1,2\n"), ("summary.json", "{}"), ("latency-x.json", "[]"),
    ] {
      let other = try TrainedRun.copy()
      try other.write("runs/tiny/\(file)", text)
      expectOneLine(try other.supernet("report", "runs/tiny"), "runs/tiny/\(file): ")
    }
  }
}
