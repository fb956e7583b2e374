// Trains a supernet on a folder of images, searches it, and writes the most accurate subnet that
// answers within a millisecond here as ONNX.
//
//   OwnImages FOLDER
import ComputeOpenCL
import Export
import Foundation

let folder = CommandLine.arguments.dropFirst().first ?? "images"
let loaded = try DatasetCatalogue.entry(for: folder).load(DatasetRequest(path: folder))
let data = try DatasetSplits(loaded, validationCount: loaded.train.count / 5)
let space = try SpaceCatalogue.space(
  SpaceCatalogue.space("mobilenet-28"), classes: data.train.classCount)
let device = try DeviceSelector.open("auto").device

let supernet = try Supernet(space, on: device, seed: 1)
let trainer = try Trainer(
  supernet, recipe: TrainingRecipe(epochs: 2), images: data.train, statistics: data.statistics)
while !trainer.isFinished { _ = try trainer.runStep() }

let judge = try AccuracyEstimator(supernet, trainedOn: data)
let timer = LatencyTimer(supernet)
let name = device.description.identifier
let budget = SubnetBudget("budget", device: name, seconds: 0.001)
let study = try StudyFile(
  "own-images.sqlite",
  of: SubnetSearch.header(of: space, judgedWith: ["images": data.train.checksum]))
let search = try SubnetSearch(judge, trainedOn: data, in: study) { architecture in
  [CostMetric.latency(on: name): try timer.seconds(of: architecture, batch: 1)]
}
try search.run(RegularizedEvolution(seed: 1), named: "evolution", under: [budget], total: 30) {
  print("\($0.trials.count) candidates")
}
guard let best = search.best(1, by: budget.goal).first else {
  print("No subnet answers within a millisecond.")
  exit(1)
}

let subnet = try ExportedSubnet(best.architecture, judgedBy: judge, trainedOn: data)
try subnet.writeONNX(to: "own-images.onnx")
let correct = try subnet.correct(on: data.test)
print(
  "\(correct.count { $0 }) of \(correct.count) test images: \(space.text(of: best.architecture))")
