// Holds a strategy of one's own against the laws, and lets it search a space.
//
//   OwnStrategy own-space.yaml
import Laws
import Supernets

for named in try SampleSpaces.all() {
  for law in StrategyLaw.all {
    let violations = try law.violations(of: { BestNeighbour(seed: 1) }, in: named.space)
    guard violations.isEmpty else {
      fatalError("\(law), \(named): \(violations.joined(separator: "\n"))")
    }
  }
}
print("All laws hold.")

let space = try SpaceCatalogue.space(CommandLine.arguments.dropFirst().first ?? "own-space.yaml")
guard let found = try smallest(in: space, study: "own-strategy.sqlite") else {
  fatalError("nothing was found")
}
print("The smallest, candidate \(found.number): \(space.text(of: found.architecture))")
