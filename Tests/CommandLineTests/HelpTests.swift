import Testing

@Suite struct HelpTests {
  private static let commands = [
    "run", "train", "search", "relax", "compare", "compare-estimators", "study", "evaluate", "time",
    "export", "import", "finetune", "report", "doctor", "devices", "tune", "check", "spaces",
    "draw",
  ]

  @Test func theRootNamesEveryCommand() throws {
    let workspace = try Workspace()
    let help = try workspace.supernet("--help")
    #expect(help.status == 0 && help.errors.isEmpty)
    for command in Self.commands { #expect(help.output.contains("\n  \(command) "), "\(command)") }
    #expect(help.output.contains("supernet run quickstart"))
    let bare = try workspace.supernet()
    #expect(bare.status == 0 && bare.output == help.output)
  }

  @Test(arguments: commands) func everyCommandExplainsItself(_ command: String) throws {
    let help = try Workspace().supernet(command, "--help")
    #expect(help.status == 0 && help.errors.isEmpty)
    #expect(help.output.hasPrefix("OVERVIEW: "))
    #expect(help.output.contains("USAGE: supernet \(command)"))
  }

  @Test func theVersionTellsBuildAndDevices() throws {
    let version = try Workspace().supernet("--version")
    #expect(version.status == 0 && version.errors.isEmpty)
    let lines = version.output.split(separator: "\n")
    #expect(lines[0].contains(/^supernet \d+\.\d+\.\d+, release build, Swift \d/), "\(version)")
    #expect(lines[1] == "devices:" && lines[2].hasPrefix("  cpu: "), "\(version)")
  }

  @Test(arguments: ["bash", "zsh", "fish"]) func shellsComplete(_ shell: String) throws {
    let script = try Workspace().supernet("--generate-completion-script", shell)
    #expect(script.status == 0 && script.errors.isEmpty)
    for word in Self.commands + ["checkpoint-seconds"] {
      #expect(script.output.contains(word), "\(word)")
    }
  }

  private static let complete = [
    "devices", "doctor", "tune", "check", "spaces", "relax", "compare-estimators", "study",
  ]

  @Test(arguments: commands.filter { !complete.contains($0) })
  func aMissingArgumentIsOneLine(_ command: String) throws {
    let outcome = try Workspace().supernet(command)
    #expect(outcome.status == 64 && outcome.output.isEmpty)
    expectOneLine(outcome, "see `supernet \(command) --help`")
  }
}
