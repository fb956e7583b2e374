import ArgumentParser
import Ranks
import Terminal

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A command whose work all ranks share, where there are several.
protocol RankedCommand: ParsableCommand {}

@main
struct SupernetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "supernet",
    abstract: "Trains a supernet once; finds and hands over the best subnet for each device.",
    discussion: "Start with: supernet run quickstart",
    groupedSubcommands: [
      CommandGroup(
        name: "Training", subcommands: [RunCommand.self, TrainCommand.self, FinetuneCommand.self]),
      CommandGroup(
        name: "Searching",
        subcommands: [
          SearchCommand.self, CompareCommand.self, CompareEstimatorsCommand.self,
          RelaxCommand.self, StudyCommand.self,
        ]),
      CommandGroup(
        name: "Measuring",
        subcommands: [
          EvaluateCommand.self, TimeCommand.self, CompareDevicesCommand.self, TuneCommand.self,
        ]),
      CommandGroup(
        name: "Handing over",
        subcommands: [
          ExportCommand.self, ImportCommand.self, ReportCommand.self, DrawCommand.self,
        ]),
      CommandGroup(
        name: "Looking",
        subcommands: [
          DoctorCommand.self, DevicesCommand.self, CheckCommand.self, SpacesCommand.self,
        ]),
    ])

  @Flag(help: "Tell the version, the build and the devices.") var version = false

  func run() throws {
    guard version else { throw CleanExit.helpRequest(self) }
    print(BuildDescription.report)
  }
}

extension SupernetCommand {
  /// Runs what the arguments ask for; whatever goes wrong is one line on standard error.
  static func main() {
    do {
      var command = try parseAsRoot()
      try World.join()
      guard command is any RankedCommand || World.communicator.isAlone else {
        throw ValidationError(
          "this command works alone; start it without mpirun, as one process")
      }
      try command.run()
      World.leave()
    } catch {
      // Work that may be cut short throws it when it learns of Ctrl-C.
      let error: any Error = error is CancellationError ? Interrupted() : error
      let code = exitCode(for: error)
      guard !code.isSuccess else { exit(withError: error) }
      var line = message(for: error)
      if code == .validationFailure {
        line = negativeNumber ?? line
        if line.hasSuffix(".") { line.removeLast() }
        line +=
          "; see `\(["supernet", subcommand, "--help"].compactMap(\.self).joined(separator: " "))`"
      }
      // What stops all ranks the first one tells, and ends the others before they do; where nothing
      // connects them their launcher does, Open MPI's after a second.
      if World.rank != 0 { sleep(5) }
      let place = World.rank == 0 ? "" : " on rank \(World.rank)"
      if !line.isEmpty { Message.warn("Error\(place): \(singleLine(line))") }
      World.abort(error is Interrupted ? 130 : code.rawValue)
      // As a shell tells of a program that Ctrl-C has ended.
      exit(withError: error is Interrupted ? ExitCode(130) : code)
    }
  }

  private static var subcommand: String? {
    CommandLine.arguments.dropFirst().first { argument in
      configuration.subcommands.contains { $0.configuration.commandName == argument }
    }
  }

  /// The parser takes a negative number for an option's name and misses the value before it.
  private static var negativeNumber: String? {
    let arguments = CommandLine.arguments
    return zip(arguments.dropFirst(), arguments.dropFirst(2))
      .first { $0.hasPrefix("--") && $1.hasPrefix("-") && Double($1) != nil }
      .map { "\($0) \($1): no option takes a negative number" }
  }

  /// Control characters of hostile names made harmless, line breaks too.
  private static func singleLine(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { line, scalar in
      if scalar.properties.generalCategory == .control {
        line += scalar == "\n" ? " " : scalar.escaped(asASCII: true)
      } else {
        line.unicodeScalars.append(scalar)
      }
    }
  }
}
