import Foundation
import Testing

/// A configuration that is wrong is told with its file and line, and leaves nothing behind.
@Suite struct BadConfigurationTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var yaml: String
    var message: String
    var testDescription: String { message }

    init(_ yaml: String, _ message: String) {
      self.yaml = yaml
      self.message = message
    }
  }

  private static let start = "name: x\nspace: space.yaml\n"

  private static let cases = [
    Case("", "bad.yaml: empty"),
    Case("# nothing\n", "bad.yaml: empty"),
    Case("hello\n", "bad.yaml:1: expected `key: value`"),
    Case("- a\n- b\n", "bad.yaml:1: expected `key: value`"),
    Case("name: [x\nspace: y\n", "bad.yaml:2: not YAML"),
    Case("name: x\n\tspace: y\n", "bad.yaml:2: not YAML"),
    Case(start + "---\nname: y\n", "bad.yaml:3: not YAML"),
    Case("name: x\nspace: *y\n", "bad.yaml:2: not YAML"),
    Case("name: x\nspace: a\u{1}b\n", "bad.yaml:2: not YAML: control characters"),
    Case("name: " + String(repeating: "[", count: 50_000), "bad.yaml:1: not YAML"),
    Case("space: space.yaml\n", "`name` is missing"),
    Case("name: x\n", "`space` is missing"),
    Case("name: a/b\nspace: y\n", "bad.yaml:1: name: `a/b` cannot name a folder"),
    Case("name: x\nspace: nothing\n", "bad.yaml:2: space: unknown space `nothing`"),
    Case("name: x\nspace: absent.yaml\n", "absent.yaml: cannot read"),
    Case(start + "training:\n  epochs: 1\n\n  batches: 3\n", "bad.yaml:6: training: unknown key"),
    Case(start + "training:\n  epochs: one\n", "bad.yaml:4: training.epochs: expected a whole"),
    Case(start + "training:\n  epochs:\n", "bad.yaml:4: training.epochs: expected a whole"),
    Case(start + "training: 3\n", "bad.yaml:3: training: expected `key: value`"),
    Case(start + "training: {epochs: 0}\n", "bad.yaml:3: training.epochs: 0 is outside"),
    Case(start + "training: {epochs: 99999999999999999999}\n", "bad.yaml:3: training.epochs"),
    Case(start + "training: {learning-rate: .inf}\n", "bad.yaml:3: training.learning-rate"),
    Case(start + "training: {nesterov: 2}\n", "bad.yaml:3: training.nesterov: expected true"),
    Case(start + "search:\n  # how many\n  candidates: -3\n", "bad.yaml:5: search.candidates: -3"),
    Case(start + "search: {strategy: guess}\n", "bad.yaml:3: search.strategy: unknown `guess`"),
    Case(start + "search: {budgets-ms: []}\n", "bad.yaml:3: search.budgets-ms: no budgets"),
    Case(start + "search: {limits: []}\n", "bad.yaml:3: search.limits: no limits"),
    Case(
      start + "search: {limits: [parameters]}\n", "search.limits[0]: `parameters`: give METRIC="),
    Case(start + "search: {limits: [size=3]}\n", "search.limits[0]: no metric is named \"size\""),
    Case(start + "search: {limits: [top1=90]}\n", "`top1=90`: give a cost above 0, or a top1 from"),
    Case(start + "search: {limits: [parameters=-5]}\n", "`parameters=-5`: give a cost above 0"),
    Case(start + "search: {budgets: 2, limits: [parameters=9k]}\n", "instead of budgets; give one"),
    Case(
      start + "targets: [cpu]\nsearch: {limits: [parameters=9k]}\n",
      "bad.yaml:3: targets: search.limits"),
    Case(start + "device: tpu\n", "bad.yaml:3: device: unknown device `tpu`"),
    Case(start + "targets:\n  - cpu\n  - tpu\n", "bad.yaml:5: targets[1]: unknown device `tpu`"),
    Case(start + "data: {dataset: cats}\n", "bad.yaml:3: data.dataset: unknown `cats`"),
    Case(start + "data: {dataset: idx}\n", "no folder was given"),
    Case(start + "data: {dataset: idx, path: nowhere}\n", "nowhere: is no folder"),
    Case("name: x\nspace: z\nname: y\n", "bad.yaml:3: key `name` is given twice, first on line 1"),
    Case(start + "training:\n  batch: 8\n  epochs: 1\n  batch: 9\n", "bad.yaml:6: key `batch`"),
  ]

  @Test(arguments: cases) func isToldOnOneLine(_ bad: Case) throws {
    let workspace = try Workspace()
    try workspace.write("bad.yaml", bad.yaml)
    expectOneLine(try workspace.supernet("run", "bad.yaml"), bad.message)
    #expect(!workspace.exists("runs"))
  }

  @Test func bytesThatAreNoTextAreTold() throws {
    let workspace = try Workspace()
    try workspace.write("bad.yaml", Data("name: x\nspace: ".utf8) + [0xFF, 0xFE, 0x0A])
    expectOneLine(try workspace.supernet("run", "bad.yaml"), "bad.yaml:2: not UTF-8")
  }

  private static let spaces = [
    Case("width: [16]", "wide.yaml:4: stem: `width` is missing"),
    Case("width: [8, 4]", "wide.yaml:4: stem.width: [8, 4]: list the options in ascending order"),
    Case("width: []", "wide.yaml:4: stem.width: the list is empty"),
    Case("width: [4, wide]", "wide.yaml:4: stem.width[1]: expected a whole number"),
    Case("kernel: 4, width: 4", "wide.yaml:4: stem: kernel 4: use an odd one"),
    Case("activation: loud, width: 4", "wide.yaml:4: stem.activation: unknown `loud`"),
  ]

  @Test(arguments: spaces) func aSpaceToo(_ bad: Case) throws {
    let workspace = try Workspace()
    let stem = bad.message.hasSuffix("missing") ? "kernel: 3" : bad.yaml
    let text = TinyRun.space.split(separator: "\n").map {
      $0.hasPrefix("stem") ? "stem: {\(stem)}" : String($0)
    }
    try workspace.write("wide.yaml", text.joined(separator: "\n"))
    try workspace.write("run.yaml", TinyRun.yaml(space: "wide.yaml"))
    expectOneLine(try workspace.supernet("run", "run.yaml"), bad.message)
  }

  @Test func aNetThatDivergesSaysWhereAndWhatToLower() throws {
    let workspace = try Workspace()
    try workspace.write(
      "run.yaml",
      TinyRun.yaml(epochs: 3).replacing(
        "warmup-steps: 2", with: "warmup-steps: 0, learning-rate: 100, momentum: 0.99"))
    let outcome = try workspace.supernet("run", "run.yaml", "--threads", "1")
    expectOneLine(outcome, "lower training.learning-rate (now 100.0)")
    #expect(
      outcome.errors.contains(/at step \d+ \(\d+ of \d+, first (stem|stages|head|classifier)\S*\)/),
      "\(outcome)")
  }
}
