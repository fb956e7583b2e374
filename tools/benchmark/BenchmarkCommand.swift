import ArgumentParser
import ComputeOpenCL

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

@main
struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark",
    abstract: "Times Supernet on one device, beside what the device can do at most.",
    subcommands: [
      MeasureCommand.self, ServeCommand.self, StrategiesCommand.self, GoldenCommand.self,
      SoakCommand.self, PhotographsCommand.self, RanksCommand.self,
    ],
    defaultSubcommand: MeasureCommand.self)

  /// Runs what the arguments ask for; whatever goes wrong is one line on standard error.
  static func main() {
    do {
      var command = try parseAsRoot()
      try command.run()
    } catch {
      let code = exitCode(for: error)
      guard !code.isSuccess else { exit(withError: error) }
      let help = code == .validationFailure ? "; see `benchmark --help`" : ""
      let message = message(for: error)
      let text = message.isEmpty ? "" : "Error: \(message)\(help)\n"
      _ = text.withCString { write(STDERR_FILENO, $0, strlen($0)) }
      exit(withError: code)
    }
  }
}

/// Where to compute.
struct DeviceOptions: ParsableArguments {
  @Option(help: "\(DeviceSelector.names); auto is a GPU, else the native CPU.")
  var device = "auto"

  @Option(help: "Threads of the native CPU device (all processors unless given).")
  var threads: Int?
}
