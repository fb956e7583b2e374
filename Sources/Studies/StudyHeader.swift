public import Search

/// What a study is about: the space by name and in full, and what its search is after.
public struct StudyHeader: Sendable, Equatable {
  /// A preset's name, or the name that a space's file gives it.
  public let spaceName: String
  public let space: SearchSpace
  public let goal: SearchGoal
  /// The space as its user writes it, for those who show its architectures; may be empty.
  public let configuration: String

  public init(
    _ space: SearchSpace, named spaceName: String, goal: SearchGoal, configuration: String = ""
  ) {
    self.spaceName = spaceName
    self.space = space
    self.goal = goal
    self.configuration = configuration
  }
}
