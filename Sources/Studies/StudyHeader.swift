public import Search
import TensorFiles

/// What a study is about: its space by name and in full, what its search is after, what judges.
public struct StudyHeader: Sendable, Equatable {
  /// A preset's name, or the name that a space's file gives it.
  public let spaceName: String
  public let space: SearchSpace
  public let goal: SearchGoal
  /// The space as its user writes it; spaces of the same choices may differ in all else.
  public let configuration: String
  public let estimator: EstimatorIdentity

  public init(
    _ space: SearchSpace, named spaceName: String, goal: SearchGoal,
    judgedBy estimator: EstimatorIdentity, configuration: String = ""
  ) {
    self.spaceName = spaceName
    self.space = space
    self.goal = goal
    self.estimator = estimator
    self.configuration = configuration
  }

  /// Throws a `FileError` unless what a search with `other` measures compares with what is here.
  func check(_ other: StudyHeader, path: String) throws {
    guard space == other.space, configuration == other.configuration else {
      let name = spaceName == other.spaceName ? "another \(spaceName)" : spaceName
      throw FileError(
        path: path, problem: "is a study of another space (\(name))",
        advice: "give another file, or the space it was begun with")
    }
    if let difference = estimator.difference(from: other.estimator) {
      throw FileError(
        path: path, problem: "holds trials judged with \(difference)",
        advice: "go on with what it was begun with, or give another file")
    }
  }
}
