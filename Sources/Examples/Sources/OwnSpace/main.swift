// Reads a space of a kind of one's own, holds it against the laws, and trains all of its networks
// together, alone and handed over.
//
//   OwnSpace plain.yaml
import ComputeOpenCL
import Laws

let file = CommandLine.arguments.dropFirst().first ?? "plain.yaml"
let space = try SpaceCatalogue.space(file, among: SpaceCatalogue.kinds + [PlainNetworks.kind])
let device = try DeviceSelector.open("auto").device
let violations =
  try SpaceLaws.violations(of: space) + SpaceLaws.exportViolations(of: space, on: device)
guard violations.isEmpty else {
  fatalError(violations.map(\.description).joined(separator: "\n"))
}
print("\(space.name): all laws hold of its \(Int(space.searchSpace.count)) networks")

let (training, test) = DrawnShapes(trainCount: 2000, testCount: 500).splits()
let data = try DatasetSplits(training: training, test: test, validationCount: 400)
let supernet = try Supernet(space, on: device, seed: 1)
let trainer = try Trainer(
  supernet, recipe: TrainingRecipe(epochs: 8, warmupSteps: 25), images: data.train,
  statistics: data.statistics)
while !trainer.isFinished { _ = try trainer.runStep() }

let judge = try AccuracyEstimator(supernet, trainedOn: data)
for architecture in [space.smallest, space.largest] {
  let subnet = try ExportedSubnet(architecture, judgedBy: judge, trainedOn: data)
  let correct = try subnet.correct(on: data.test)
  print("\(space.text(of: architecture)): \(correct.count { $0 }) of \(correct.count) right")
}
