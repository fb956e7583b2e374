import Search
import Studies
import Supernets

/// Changes one choice of the best so far; draws at random where all of those are known.
struct BestNeighbour: SearchStrategy {
  let seed: UInt64

  func proposals(for request: SearchRequest) -> [Proposal] {
    var batch = ProposalBatch(request, seed: seed)
    let best = request.history.trials.min { request.goal.prefers($0, to: $1) }
    if let best {
      for neighbour in request.space.neighbours(best.architecture) { batch.offer(neighbour) }
    }
    batch.fillWithRandom()
    return batch.proposals
  }
}

/// Searches a space for its network with the fewest multiply-adds, in a study that may be resumed.
func smallest(in space: any NetworkSpace, study path: String) throws -> Trial? {
  let goal = SearchGoal(Objective(.minimise, "multiply-adds"))
  let file = try StudyFile(
    path,
    of: StudyHeader(
      space.searchSpace, named: space.name, goal: goal, judgedBy: EstimatorIdentity("cost")))
  let search = StudySearch(file, BestNeighbour(seed: 1), named: "best-neighbour")
  _ = try search.run([.init(goal)], budget: 40) { trial in
    .measured(["multiply-adds": Double(try space.cost(of: trial.architecture).multiplyAdds)])
  }
  return file.study.best(by: goal)
}
