public import Search

/// What a study is about: the space by name and in full, and what its search is after.
public struct StudyHeader: Sendable, Equatable {
  /// A preset's name, or the name that a space's file gives it.
  public let spaceName: String
  public let space: SearchSpace
  public let goal: SearchGoal

  public init(_ space: SearchSpace, named spaceName: String, goal: SearchGoal) {
    self.spaceName = spaceName
    self.space = space
    self.goal = goal
  }
}
