/// What a launcher tells a process in its environment: Open MPI's and Slurm's PMIx, MPICH's and
/// Slurm's PMI.
package struct Launch {
  /// Which of the processes it is.
  package var rank: Int
  /// How many were started, where the launcher says so.
  package var size: Int?
  /// Where MPI may be found, the likeliest first.
  package var libraries: [String]

  /// Nil of a process that nobody launched.
  ///
  /// - Parameter environment: the value of a variable.
  package init?(_ environment: (String) -> String?) {
    func number(_ name: String) -> Int? { environment(name).flatMap { Int($0) } }
    guard let rank = number("PMIX_RANK") ?? number("PMI_RANK") else { return nil }
    self.rank = rank
    size = number("OMPI_COMM_WORLD_SIZE") ?? number("PMI_SIZE") ?? number("SLURM_STEP_NUM_TASKS")
    let (open, mpich) = (["libmpi.so.40"], ["libmpich.so.12", "libmpi.so.12"])
    if let named = environment("SUPERNET_MPI"), !named.isEmpty {
      libraries = [named]
    } else {
      libraries = number("PMIX_RANK") != nil ? open + mpich : mpich + open
    }
  }
}

/// Why processes that were launched together do not work together.
public struct LaunchError: Error, CustomStringConvertible {
  public let description: String
}
