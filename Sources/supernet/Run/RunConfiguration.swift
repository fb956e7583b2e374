import ComputeOpenCL
import Datasets
import Export
import Search
import TensorFiles

/// All that one run does, from one YAML file.
package struct RunConfiguration {
  struct Data {
    var dataset = "auto"
    /// Where the dataset's files are, if not in their usual place.
    var path: String?
    /// Training images set aside to choose subnets by.
    var validation = 5_000
    /// Part of the images set aside to report on, where the dataset has none for that.
    var testShare = 0.15
    /// Chooses the images that are set aside.
    var seed: UInt64 = 0
    /// Side of the images that files are decoded to; the space's largest unless given.
    var size: Int?
    var fit = ImageFit.crop
    var broken = BrokenImages.refuse
  }

  struct Search {
    var strategy = "coarse-to-fine"
    /// Subnets judged in all.
    var candidates = 40
    /// Training images that batch norm is recalibrated on.
    var calibrationImages = 1_024
    /// Validation images that candidates are compared on; the finalists see all.
    var validationImages = 2_000
    /// Budgets for each device, spread between its smallest and largest latency.
    var budgetCount = 3
    /// Budgets for every device, instead of spread ones.
    var budgetsMilliseconds: [Double]?
    /// What one subnet has to keep to, all at once, instead of budgets: `METRIC=VALUE` each.
    var limits: [String] = []
    /// The other batch that chosen subnets are timed at.
    var latencyBatch = 16
  }

  var name: String
  /// A preset's name or a file's path.
  var spaceName: String
  var space: any NetworkSpace
  /// The one subnet that is trained, by itself: what weights inherited from a supernet are held
  /// against.
  var architecture: Architecture?
  /// The folder of a run whose supernet this one starts from, all but the classifier.
  var from: String?
  /// Whether the space tells as many classes apart as the images have, whatever it says itself.
  let takesClassesOfImages: Bool
  /// Where the supernet is trained and judged.
  var device = "auto"
  /// What subnets are chosen for; nil for every device there is.
  var targets: [String]?
  var data = Data()
  var training = TrainingRecipe()
  var search = Search()

  /// The built-in runs.
  static let presets: [(name: String, yaml: String)] = [
    (
      "quickstart",
      """
      # Fashion-MNIST (or the embedded images) on whatever this machine has, in minutes.
      name: quickstart
      space: mobilenet-28
      training: {epochs: 2, crop-padding: 0}
      search: {strategy: coarse-to-fine, candidates: 80}

      """
    ),
    (
      "fashion-mnist",
      """
      # Fashion-MNIST at its best: minutes on a GPU, two hours on two cores.
      name: fashion-mnist
      space: mobilenet-28-large
      data: {dataset: fashion-mnist}
      training: {epochs: 36, batch: 128, learning-rate: 0.2, warmup-steps: 400, schedule: cosine, final-rate-fraction: 0.001, weight-decay: 1.0e-4, cutout: 8}
      search: {strategy: coarse-to-fine, candidates: 100, validation-images: 5000}

      """
    ),
    (
      "images",
      """
      # One's own images, from a folder with a folder for each class: supernet run images --data FOLDER.
      name: images
      space: mobilenet-64
      data: {dataset: image-folder}
      training: {epochs: 30, batch: 32, learning-rate: 0.1, warmup-steps: 60, weight-decay: 1.0e-4, crop-padding: 4, resized-crop: 0.5, randaugment: 1}
      search: {strategy: coarse-to-fine, candidates: 40}

      """
    ),
  ]

  /// A built-in run's name, or the path of a YAML file.
  init(_ text: String) throws {
    if let preset = Self.presets.first(where: { $0.name == text }) {
      try self.init(ConfigurationNode(parsing: preset.yaml, file: "run \(text)"))
      return
    }
    guard text.contains("/") || text.hasSuffix(".yaml") || text.hasSuffix(".yml") else {
      throw ConfigurationError(
        "unknown run `\(text)`; choose from \(Self.presets.map(\.name).joined(separator: ", ")), "
          + "or give the path of a .yaml file")
    }
    try self.init(ConfigurationNode(parsing: try FileReader.text(of: text), file: text))
  }

  /// Letters, digits, dots, dashes and underscores: a folder's name everywhere.
  static func isName(_ text: String) -> Bool {
    !text.isEmpty && !text.hasPrefix(".") && !text.hasPrefix("-")
      && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) }
  }

  /// The configuration that a run folder keeps, with its own copy of the space.
  init(keptIn folder: RunFolder) throws {
    guard RunFolder.exists(folder.configuration) else {
      throw ConfigurationError(
        "\(folder.path): holds no run (no config.yaml); give a folder that `run` or `train` made")
    }
    try self.init(
      ConfigurationNode(
        parsing: try FileReader.text(of: folder.configuration), file: folder.configuration),
      spaceFile: folder.space)
  }

  /// - Parameter spaceFile: read instead of the space that is named.
  package init(_ node: ConfigurationNode, spaceFile: String? = nil) throws {
    let top = try node.mapping(
      ["name", "space", "architecture", "from", "device", "targets", "data", "training", "search"],
      required: ["name", "space"])
    guard let nameNode = top["name"], let spaceNode = top["space"] else {
      throw node.error("name and space are needed")
    }
    name = try nameNode.string()
    guard Self.isName(name) else {
      throw nameNode.error("`\(name)` cannot name a folder; use letters, digits, dots and dashes")
    }
    spaceName = try spaceNode.string()
    let preset = spaceName
    takesClassesOfImages = spaceFile == nil && SpaceCatalogue.presets.contains { $0.name == preset }
    do {
      space = try SpaceCatalogue.space(spaceFile ?? spaceName)
    } catch let error as ConfigurationError where error.description.hasPrefix("unknown space") {
      throw spaceNode.error(error.description)
    }
    if let field = top["architecture"] {
      do {
        architecture = try space.architecture(named: try field.string())
      } catch let error as SearchError {
        throw field.error("\(error)")
      }
    }
    if let field = top["from"] { from = try field.string() }
    if let field = top["device"] { device = try Self.deviceName(field) }
    if let field = top["targets"] {
      targets = try field.list(most: 64).map(Self.targetName)
      guard targets?.isEmpty == false else { throw field.error("no devices given") }
    }
    if let field = top["data"] {
      data = try Data(field)
    }
    if let field = top["training"] { training = try TrainingRecipe(field) }
    if let field = top["search"] { search = try Search(field) }
    if let field = top["targets"], !search.limits.isEmpty {
      throw field.error("search.limits name their devices themselves; leave out targets")
    }
  }
}

extension RunConfiguration {
  /// A device here, or one of another rank's host: `HOST/DEVICE`.
  private static func targetName(_ field: ConfigurationNode) throws -> String {
    let text = try field.string()
    guard let slash = text.lastIndex(of: "/"),
      DeviceSelector.isName(String(text[text.index(after: slash)...]))
    else { return try deviceName(field) }
    return text
  }

  private static func deviceName(_ field: ConfigurationNode) throws -> String {
    let text = try field.string()
    guard DeviceSelector.isName(text) else {
      throw field.error("unknown device `\(text)`; choose \(DeviceSelector.names)")
    }
    return text
  }
}

extension RunConfiguration.Search {
  init(_ node: ConfigurationNode) throws {
    self.init()
    let fields = try node.mapping([
      "strategy", "candidates", "calibration-images", "validation-images", "budgets", "budgets-ms",
      "limits", "latency-batch",
    ])
    if let field = fields["strategy"] { strategy = try field.choice(StrategyNames.all) }
    if let field = fields["candidates"] { candidates = try field.int(in: 1...1_000_000) }
    if let field = fields["calibration-images"] {
      calibrationImages = try field.int(in: 2...10_000_000)
    }
    if let field = fields["validation-images"] {
      validationImages = try field.int(in: 1...10_000_000)
    }
    if let field = fields["budgets"] { budgetCount = try field.int(in: 1...100) }
    if let field = fields["budgets-ms"] {
      budgetsMilliseconds = try field.list(most: 100).map { try $0.double(in: 1e-6...1e9) }
      guard budgetsMilliseconds?.isEmpty == false else { throw field.error("no budgets given") }
    }
    if let field = fields["limits"] {
      limits = try field.list(most: 100).map(Self.limit)
      guard !limits.isEmpty else { throw field.error("no limits given") }
      guard fields["budgets"] == nil, fields["budgets-ms"] == nil else {
        throw field.error("limits are sought instead of budgets; give one of them")
      }
    }
    if let field = fields["latency-batch"] { latencyBatch = try field.int(in: 1...65_536) }
  }

  private static func limit(_ field: ConfigurationNode) throws -> String {
    let text = try field.string()
    guard let constraint = LimitText.constraint(text) else {
      throw field.error("`\(text)`: \(LimitText.form)")
    }
    if let complaint = LimitText.complaint(aboutMetric: constraint.metric) {
      throw field.error(complaint)
    }
    guard constraint.isLeast ? (0...1).contains(constraint.limit) : constraint.limit > 0 else {
      throw field.error("`\(text)`: give a cost above 0, or a top1 from 0 to 1")
    }
    return text
  }

  /// The most accurate subnet under the limits; nil where there are budgets instead.
  var goal: SearchGoal? {
    guard !limits.isEmpty else { return nil }
    return SearchGoal(
      Objective(.maximise, SubnetSearch.accuracyMetric),
      under: limits.compactMap(LimitText.constraint))
  }
}

extension RunConfiguration {
  /// The configuration with every value written out: what the run folder keeps.
  package var yaml: String {
    var lines = [
      "name: \"\(name)\"", "space: \(ConfigurationNode.quoted(spaceName))",
    ]
    if let architecture {
      let text = space.text(of: architecture)
      lines.append("architecture: \(ConfigurationNode.quoted(text))")
    }
    if let from { lines.append("from: \(ConfigurationNode.quoted(from))") }
    lines.append("device: \(ConfigurationNode.quoted(device))")
    if let targets {
      lines.append("targets: [\(targets.map(ConfigurationNode.quoted).joined(separator: ", "))]")
    }
    lines += ["data:"] + data.lines.map { "  " + $0 } + ["training:"]
    lines += training.fields.map { "  \($0.key): \($0.value)" }
    lines += [
      "search:", "  strategy: \(search.strategy)", "  candidates: \(search.candidates)",
      "  calibration-images: \(search.calibrationImages)",
      "  validation-images: \(search.validationImages)",
    ]
    if !search.limits.isEmpty {
      let limits = search.limits.map(ConfigurationNode.quoted).joined(separator: ", ")
      lines.append("  limits: [\(limits)]")
    } else if let budgets = search.budgetsMilliseconds {
      lines.append("  budgets-ms: [\(budgets.map { "\($0)" }.joined(separator: ", "))]")
    } else {
      lines.append("  budgets: \(search.budgetCount)")
    }
    lines.append("  latency-batch: \(search.latencyBatch)")
    return lines.joined(separator: "\n") + "\n"
  }
}
