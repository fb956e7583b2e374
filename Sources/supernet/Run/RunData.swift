import Datasets
import Export
import Synchronization
import Terminal

/// The images of a run: to train on, to choose by, to report on.
struct RunData {
  let splits: DatasetSplits
  /// A sentence that says which images they are, and a line for whatever else the user should know.
  let reason: String
  /// Which images they are, for people.
  let title: String
  /// Names them in a checkpoint, down to the last bit: resuming on others is refused.
  let identity: String

  /// - Parameters:
  ///   - size: of images that are drawn or decoded; the space's largest unless given.
  ///   - needsClasses: refuse more classes than the space tells apart.
  init(
    _ data: RunConfiguration.Data, for space: any NetworkSpace, size: Int? = nil,
    needsClasses: Bool = true
  ) throws {
    let form = ImageForm(
      size: size ?? data.size ?? space.resolution(of: space.largest), channels: space.channels)
    var request = data.request(form)
    let entry: DatasetEntry
    var reason: String
    if data.dataset != "auto" {
      entry = try DatasetCatalogue.entry(named: data.dataset)
      reason = "Using \(entry.name)\(data.path.map { " from \($0)" } ?? "")."
    } else if let path = data.path {
      entry = try DatasetCatalogue.entry(for: path)
      reason = "Using \(entry.name) from \(path)."
    } else {
      let automatic = DatasetCatalogue.automatic(for: form)
      (entry, request.path, reason) = (automatic.entry, automatic.path, automatic.reason)
    }
    let loaded = try Self.load(entry, request)
    let (training, test) = (loaded.train, loaded.test)
    guard training.channels == space.channels,
      !needsClasses || training.classCount <= space.classes
    else {
      throw ConfigurationError(
        "data: \(training.name) has \(training.channels) channels and \(training.classCount) "
          + "classes, space \(space.name) takes \(space.channels) and up to \(space.classes)")
    }
    guard training.count >= 8, test.count >= 1 else {
      throw ConfigurationError(
        "data: \(training.name) has \(training.count) training and \(test.count) test images; "
          + "at least 8 and 1 are needed")
    }
    splits = try DatasetSplits(
      loaded, validationCount: min(data.validation, training.count / 4), seed: data.seed)
    for note in loaded.notes { reason += "\n" + note }
    self.reason = reason
    title =
      "\(training.name), \(splits.train.count) of \(training.count) images of "
      + "\(training.height)x\(training.width)x\(training.channels)"
    identity = "\(title), checksum \(training.checksum)"
  }

  /// Decoding image files takes a while, the first time.
  private static func load(
    _ entry: DatasetEntry, _ request: DatasetRequest
  ) throws -> LoadedDataset {
    let progress = Mutex<Progress?>(nil)
    var request = request
    request.progress = { done, total in
      progress.withLock {
        if $0 == nil { $0 = Progress("Decoding", unit: "images", total: total) }
        $0?.update(done)
      }
    }
    defer { progress.withLock { $0?.finish() } }
    return try entry.load(request)
  }
}
