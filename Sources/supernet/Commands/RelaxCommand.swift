#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif
import ArgumentParser
import Compute
import Datasets
import Export
import Search
import Terminal

struct RelaxCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "relax",
    abstract: "Searches a cell space by gradient: DARTS, first or second order, and GDAS.",
    discussion: """
      The cell it ends on is trained no further; give a table to look it up in. Interrupted, it \
      ends with the epoch, on the cell so far. Methods: \
      \(RelaxationCatalogue.entries.map { "\($0.name) (\($0.summary))" }.joined(separator: ", ")).
      """)

  @Argument(help: "A built-in space, or the path of a .yaml file.")
  var space = "nasbench201-12-flat"
  @Option(help: "The method.") var method = "darts"
  @Option(parsing: .upToNextOption, help: "Seeds, one or more, a search each.")
  var seeds = [1]
  @Option(help: "Epochs in which only the weights learn (a quarter unless given).")
  var warmup: Int?
  @Option(help: "The learning rate of the operations' strengths.") var strengthRate = 0.05
  @Option(help: "The weight of beta-decay at the end (what suits the method unless given).")
  var betaDecay: Double?
  @Option(help: "The weight of the entropy's penalty at the end.") var entropy = 0.0
  @Option(help: "Ends where so many edges prefer a skip; 0 never.") var skipLimit = 3
  @OptionGroup var options: TrainingOptions
  @Flag(help: "Print JSON.") var json = false

  struct Report: Encodable {
    var seed: Int
    var architecture: String
    var skips: Int
    var epochs: Int
    var hasStoppedEarly: Bool
    /// Whether it was interrupted before its last epoch.
    var isInterrupted: Bool
    var seconds: Double
    /// What the table says of it, and the part of the table's architectures that are worse.
    var metrics: [String: Double]
    var percentile: Double?
  }

  func validate() throws {
    for seed in seeds { try check("--seeds", seed, in: 0...Int(Int32.max)) }
    try check("--warmup", warmup, in: 0...100_000)
    try check("--strength-rate", strengthRate, in: 1e-9...100)
    try check("--beta-decay", betaDecay, in: 0...1e6)
    try check("--entropy", entropy, in: 0...1e6)
    try check("--skip-limit", skipLimit, in: 0...1_000)
  }

  func run() throws {
    let named = try SpaceCatalogue.space(space)
    guard let space = named as? CellSpace else {
      throw ConfigurationError(
        "space \(named.name): has no cells to relax; give a space of kind cell")
    }
    let entry = try RelaxationCatalogue.entry(named: method)
    let table = try options.tableText().map {
      try TabularEstimator(csv: $0.text, file: $0.file, of: space)
    }
    let tell = { (line: String) in if !json { print(line) } }
    let splits = try options.splits(for: space, tell: tell)
    let device = try options.open(tell: tell)
    Interruption.begin()
    var reports: [Report] = []
    for seed in seeds where !Interruption.happened {
      reports += try search(space, entry, splits, on: device, seed: seed, table).map { [$0] } ?? []
    }
    if json { print(try JSON.text(reports), terminator: "") }
    if reports.count < seeds.count || reports.contains(where: \.isInterrupted) {
      throw ExitCode(130)
    }
  }

  /// - Returns: nil where it was interrupted before anything was learned.
  private func search(
    _ space: CellSpace, _ entry: RelaxationCatalogue.Entry, _ splits: DatasetSplits,
    on device: any Device, seed: Int, _ table: TabularEstimator?
  ) throws -> Report? {
    var recipe = RelaxationRecipe()
    recipe.epochs = options.epochs
    recipe.warmupEpochs = warmup ?? options.epochs / 4
    recipe.batchSize = options.batch
    recipe.rate = Float(options.learningRate)
    recipe.architectureRate = strengthRate
    recipe.betaDecay = betaDecay ?? entry.betaDecay
    recipe.entropyPenalty = entropy
    recipe.skipLimit = skipLimit == 0 ? nil : skipLimit
    recipe.seed = UInt64(seed)
    let start = ContinuousClock.now
    let search = try RelaxedSearch(
      space, entry.method, on: device, recipe: recipe, images: splits.train,
      statistics: splits.statistics)
    while !search.isFinished && !Interruption.happened {
      let loss = try search.runEpoch()
      if !json {
        print(
          "seed \(seed), epoch \(search.epoch): loss \(Readable.fixed(loss, 3)), entropy "
            + "\(Readable.fixed(search.parameters.entropy, 3)), \(search.skipCount) skips, "
            + space.text(of: search.architecture))
        fflush(nil)
      }
    }
    guard search.epoch > 0 else { return nil }
    return try report(search, seed: seed, (ContinuousClock.now - start).seconds, table)
  }

  private func report(
    _ search: RelaxedSearch, seed: Int, _ seconds: Double, _ table: TabularEstimator?
  ) throws -> Report {
    let cell = search.architecture
    // A table need not have a line for it; what was found is told all the same.
    let metrics = (try? table?.metrics(of: cell, fidelity: 1, seed: 0)) ?? [:]
    let percentile = table.flatMap { table in
      metrics[TabularEstimator.top1].map(table.partBelow)
    }
    let report = Report(
      seed: seed, architecture: search.space.text(of: cell), skips: search.skipCount,
      epochs: search.epoch, hasStoppedEarly: search.hasStoppedEarly,
      isInterrupted: !search.isFinished, seconds: seconds, metrics: metrics, percentile: percentile)
    if !json {
      let rank =
        percentile.map {
          ": \(Readable.fixed(metrics[TabularEstimator.top1] ?? 0, 2)) in the table, above "
            + "\(Readable.percent($0)) of it"
        } ?? table.map { _ in ": not in the table" }
      print(
        "seed \(seed): \(report.architecture)\(rank ?? "") (\(Readable.fixed(seconds, 0)) s"
          + "\(search.hasStoppedEarly ? ", stopped early" : "")"
          + "\(report.isInterrupted ? ", interrupted after epoch \(search.epoch)" : ""))")
    }
    return report
  }
}
