import ArgumentParser
import Compute
import ComputeOpenCL
import Datasets
import Export
import Terminal

struct EvaluateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "evaluate", abstract: "Tells a subnet's top-1 accuracy.",
    discussion: """
      Give an exported subnet (.safetensors), or a run's folder and an architecture of its space \
      (`largest`, `smallest`, or text such as "resolution=28 stem.width=16 ...").
      """)

  enum Split: String, CaseIterable, ExpressibleByArgument { case validation, test }

  @Argument(help: "A .safetensors file that `export` wrote, or a run's folder.")
  var subject: String
  @Option(help: "The architecture, for a run.") var architecture: String?
  @Option(help: "Which images; of a file, test only.")
  var split = Split.test
  @Option(
    help: """
      For a file: auto unless given, or \
      \(DatasetCatalogue.entries.map { "\($0.name): \($0.summary)" }.joined(separator: " ")) \
      A run knows its own.
      """)
  var dataset: String?
  @Option(help: "Where the dataset's files are, for a file.") var data: String?
  @Option(
    help: """
      Also write a .safetensors file of what was asked and answered: `images` [N,C,H,W] as bytes, \
      `labels` [N] and `logits` [N,classes], to hold other runtimes against.
      """)
  var answers: String?
  @OptionGroup var compute: DeviceOptions
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard answers?.hasSuffix(".safetensors") ?? true else {
      throw ValidationError("--answers \(answers ?? ""): the name must end in .safetensors")
    }
  }

  struct Report: Encodable {
    var subject: String
    var architecture: String
    var split: String
    var dataset: String
    var images: Int
    var correct: Int
    var top1: Double
  }

  func run() throws {
    let report = subject.hasSuffix(".safetensors") ? try evaluateFile() : try evaluateRun()
    if json { return print(try JSON.text(report), terminator: "") }
    print("\(report.subject): \(report.architecture)")
    print(
      "\(report.split) top-1 \(Readable.percent(report.top1)) "
        + "(\(report.correct) of \(report.images) images of \(report.dataset))")
  }

  private func report(
    _ architecture: String, _ correct: [Bool], of images: ImageDataset
  ) -> Report {
    let right = correct.count { $0 }
    return Report(
      subject: subject, architecture: architecture, split: split.rawValue, dataset: images.name,
      images: correct.count, correct: right, top1: Double(right) / Double(correct.count))
  }

  private func evaluateFile() throws -> Report {
    guard split == .test else {
      throw ValidationError("--split validation: which images these are is known of a run only")
    }
    guard architecture == nil else {
      throw ValidationError("--architecture: \(subject) is one architecture already")
    }
    let opened = try compute.open(compute.device ?? "auto")
    if let note = opened.note, !json { print(note) }
    let subnet = try ExportedSubnet(readingFrom: subject, on: opened.device)
    let images = RunConfiguration.Data(dataset: dataset ?? "auto", path: data)
    let splits = try RunData(images, for: subnet.network.space, size: subnet.imageSize).splits
    if let answers {
      try Answers(images: splits.test, logits: try subnet.logits(on: splits.test)).write(
        to: answers)
    }
    return report(
      subnet.network.space.text(of: subnet.architecture),
      try subnet.correct(on: splits.test), of: splits.test)
  }

  private func evaluateRun() throws -> Report {
    guard dataset == nil, data == nil else {
      throw ValidationError("--dataset, --data: \(subject) is a run, which knows its images")
    }
    let run = try Run(
      reopening: RunFolder(path: subject), compute: compute, isQuiet: true)
    let space = run.configuration.space
    let chosen = try space.architecture(naming: architecture)
    let images = split == .test ? run.data.splits.test : run.data.splits.validation
    let labelled = try run.labelled(images)
    let inference = SubnetInference(
      run.supernet, chosen, try run.estimator().recalibrated(chosen))
    if let answers {
      try Answers(images: images, logits: try inference.logits(labelled)).write(to: answers)
    }
    return report(space.text(of: chosen), try inference.correct(labelled), of: images)
  }
}
