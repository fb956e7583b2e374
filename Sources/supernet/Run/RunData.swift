import Datasets
import Export

/// The images of a run: to train on, to choose by, to report on.
struct RunData {
  let splits: DatasetSplits
  /// A sentence that says which images they are.
  let reason: String
  /// Which images they are, for people.
  let title: String
  /// Names them in a checkpoint, down to the last bit: resuming on others is refused.
  let identity: String

  /// - Parameter size: of images that are drawn; the space's largest unless given.
  init(_ data: RunConfiguration.Data, for space: any NetworkSpace, size: Int? = nil) throws {
    let form = ImageForm(
      size: size ?? space.resolution(of: space.largest), channels: space.channels)
    let entry: DatasetEntry
    var path = data.folder
    if data.dataset == "auto", data.folder == nil {
      let automatic = DatasetCatalogue.automatic(for: form)
      (entry, path, reason) = (automatic.entry, automatic.path, automatic.reason)
    } else {
      entry = try DatasetCatalogue.entry(named: data.dataset == "auto" ? "idx" : data.dataset)
      reason = "Using \(entry.name)\(path.map { " from \($0)" } ?? "")."
    }
    let (training, test) = try entry.load(path, as: form)
    guard training.channels == space.channels, training.classCount <= space.classes else {
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
      training: training, test: test, validationCount: min(data.validation, training.count / 4))
    title =
      "\(training.name), \(splits.train.count) of \(training.count) images of "
      + "\(training.height)x\(training.width)x\(training.channels)"
    identity = "\(title), checksum \(training.checksum)"
  }
}
