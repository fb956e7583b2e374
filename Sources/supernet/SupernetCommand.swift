import ArgumentParser

@main
struct SupernetCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "supernet",
    abstract: "Trains a supernet once; finds and hands over the best subnet for each device.",
    discussion: "Start with: supernet run quickstart",
    version: "0.1.0",
    subcommands: [
      RunCommand.self, TrainCommand.self, SearchCommand.self, EvaluateCommand.self,
      TimeCommand.self, ExportCommand.self, DevicesCommand.self, CheckCommand.self,
      SpacesCommand.self,
    ])
}
