import ArgumentParser
import Compute
import ComputeOpenCL
import Ranks

/// What a number on the command line may be; NaN and what is beyond are refused in one line.
func check<Value: Comparable>(
  _ option: String, _ value: Value?, in bounds: ClosedRange<Value>
) throws {
  guard let value, !bounds.contains(value) else { return }
  throw ValidationError(
    "\(option) \(value): give a number from \(bounds.lowerBound) to \(bounds.upperBound)")
}

/// Where to compute.
struct DeviceOptions: ParsableArguments {
  @Option(help: "\(DeviceSelector.names); auto is a GPU, else the native CPU.")
  var device: String?

  @Option(
    help:
      "Threads of the native CPU device (unless given: all processors, or a rank's share of them).")
  var threads: Int?

  @Flag(help: "Do not use what `supernet tune` found.") var noTuning = false

  @Option(help: "Seconds after which an OpenCL driver's call that does not end is given up.")
  var driverTimeout = 600.0

  func validate() throws { try check("--driver-timeout", driverTimeout, in: 0.1...86_400) }

  /// Opens a device by its name; the note, where there is one, is for the user to read.
  func open(_ name: String) throws -> (device: any Device, note: String?) {
    DriverWatch.limit.withLock { $0 = .seconds(driverTimeout) }
    let placement = World.placement
    return try DeviceSelector.open(
      name,
      threads: threads
        ?? (placement.sharers > 1 ? placement.share(of: NativeDevice.processors) : nil),
      card: placement.localRank, isTuned: !noTuning)
  }
}

/// How what happens is told.
struct LogOptions: ParsableArguments {
  @Option(help: "What happens, as text for people or as json: an object on each line.")
  var logFormat = LogFormat.text
}

extension LogFormat: ExpressibleByArgument {}

/// A run's configuration and where it lives.
struct RunOptions: ParsableArguments {
  @Argument(
    help: "A built-in run (quickstart, fashion-mnist, images) or the path of a .yaml file.")
  var configuration: String

  @OptionGroup var compute: DeviceOptions

  @Option(help: "The run's name: it lives in FOLDER/NAME.")
  var name: String?

  @Option(help: "The folder of runs.")
  var folder = "runs"

  @Option(
    help: "Images instead of the configuration's: a folder of images by class, an .npz file, ...")
  var data: String?

  @Option(help: "Train this many epochs instead of the configuration's; the name says so.")
  var epochs: Int?

  @Option(help: "Another seed.")
  var seed: Int?

  @Option(
    help: "The folder of a trained run to start from: all its weights but the classifier's.")
  var from: String?

  @Flag(help: "Go on with the run that is in the folder, or begin it.")
  var resume = false

  @Option(
    help: "The device to go on with, from the last checkpoint, where the first is lost for good.")
  var fallback: String?

  @Flag(help: "Write report.html with every checkpoint: a page that loads itself again.")
  var watch = false

  @Option(help: "Seconds between checkpoints; 0 keeps one after every step.")
  var checkpointSeconds = 20.0

  @OptionGroup var logging: LogOptions

  func validate() throws {
    try check("--epochs", epochs, in: 1...100_000)
    try check("--seed", seed, in: 0...Int(Int32.max))
    if let name, !RunConfiguration.isName(name) {
      throw ValidationError("--name \(name): use letters, digits, dots and dashes")
    }
    if let fallback, !DeviceSelector.isName(fallback) {
      throw ValidationError("--fallback \(fallback): choose \(DeviceSelector.names)")
    }
    if !(checkpointSeconds >= 0) {
      throw ValidationError("--checkpoint-seconds \(checkpointSeconds): give 0 or more")
    }
  }

  /// The configuration with what the command line changes.
  func read() throws -> RunConfiguration {
    var configuration = try RunConfiguration(self.configuration)
    if let device = compute.device { configuration.device = device }
    if let seed { configuration.training.seed = UInt64(seed) }
    if let data {
      configuration.data.path = data
      configuration.data.dataset = "auto"
    }
    if let epochs, epochs != configuration.training.epochs {
      configuration.training.epochs = epochs
      configuration.name += "-\(epochs)-epochs"
    }
    if let name { configuration.name = name }
    if let from { configuration.from = from }
    return configuration
  }

  /// Begins or resumes the run and trains it, from its checkpoint on where its device is lost; with all
  /// ranks that there are, where a device that is lost ends the job.
  ///
  /// - Parameters:
  ///   - isQuiet: whether nothing is printed.
  ///   - isSearched: whether it is to be searched then, for its targets.
  ///   - subnet: the one that is trained, if not the supernet, as `--architecture` names it.
  func train(
    isQuiet: Bool, isSearched: Bool = false, alone subnet: String? = nil
  ) throws -> Run {
    var configuration = try read()
    if let subnet {
      configuration.architecture = try configuration.space.architecture(naming: subnet)
      if name == nil { configuration.name += "-alone" }
    }
    let runFolder = RunFolder(path: "\(folder)/\(configuration.name)")
    let ranks = World.communicator
    if !resume, ranks.isFirst { try runFolder.requireNew() }
    let log = RunLog(
      path: ranks.isFirst ? runFolder.log(logging.logFormat) : nil, format: logging.logFormat,
      isQuiet: isQuiet || !ranks.isFirst)
    var recovery = Recovery(runFolder, fallback: fallback, log: log)
    while true {
      var isOpen = false
      do {
        let run = try Run(configuration, in: runFolder, log: log, compute: compute, ranks: ranks)
        isOpen = true
        if watch { log.tell("Watch \(runFolder.report) in a browser.") }
        if isSearched {
          try run.requireSupernet()
          try run.checkDevices()
        }
        try TrainingStage(run: run, checkpointSeconds: checkpointSeconds, isWatched: watch)
          .execute(resuming: resume || recovery.isUnderWay)
        return run
      } catch let error as DeviceError
        where ranks.isAlone && (error.cause == .lost || recovery.isUnderWay && !isOpen)
      {
        configuration.device = try recovery.device(after: error, configuration.device)
      }
    }
  }
}
