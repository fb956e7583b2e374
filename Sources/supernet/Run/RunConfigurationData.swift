import Datasets
import Export

extension RunConfiguration.Data {
  private static let keys = [
    "dataset", "path", "validation", "test", "seed", "size", "fit", "broken",
  ]

  /// The images of a run as a user writes them in YAML.
  init(_ node: ConfigurationNode) throws {
    self.init()
    let fields = try node.mapping(Self.keys)
    if let field = fields["dataset"] {
      dataset = try field.choice(["auto"] + DatasetCatalogue.entries.map(\.name))
    }
    if let field = fields["path"] { path = try field.string() }
    if let field = fields["validation"] { validation = try field.int(in: 1...10_000_000) }
    if let field = fields["test"] { testShare = try field.double(in: 0.001...0.9) }
    if let field = fields["seed"] { seed = UInt64(try field.int(in: 0...Int.max)) }
    if let field = fields["size"] { size = try field.int(in: 8...1024) }
    if let field = fields["fit"] {
      fit = ImageFit(rawValue: try field.choice(ImageFit.allCases.map(\.rawValue))) ?? fit
    }
    if let field = fields["broken"] {
      broken =
        BrokenImages(rawValue: try field.choice(BrokenImages.allCases.map(\.rawValue))) ?? broken
    }
  }

  /// The images as they are written in a configuration.
  var lines: [String] {
    var lines = ["dataset: \(dataset)"]
    if let path { lines.append("path: \(ConfigurationNode.quoted(path))") }
    lines += ["validation: \(validation)", "test: \(testShare)", "seed: \(seed)"]
    if let size { lines.append("size: \(size)") }
    return lines + ["fit: \(fit.rawValue)", "broken: \(broken.rawValue)"]
  }

  /// What is asked of the dataset.
  func request(_ form: ImageForm) -> DatasetRequest {
    var request = DatasetRequest(path: path, form: form)
    request.testShare = testShare
    request.seed = seed
    request.fit = fit
    request.broken = broken
    return request
  }
}
