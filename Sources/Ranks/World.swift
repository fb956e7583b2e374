#if MPI
  internal import CMPI
#endif

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The ranks that this process was started with.
///
/// Who starts it says so, as `mpirun` and `srun` do; otherwise, and in a build without the package
/// trait `MPI`, it is alone.
public enum World {
  /// Joins the others the first time it is asked for.
  public static let communicator: any Communicator = {
    #if MPI
      if isLaunched { return MPICommunicator() }
    #endif
    return Alone()
  }()

  /// Where this rank is among those of its host; known when all have joined.
  public static let placement = Placement(among: communicator)

  /// What launchers set for each rank: Open MPI's and Slurm's PMIx, MPICH's and Slurm's PMI.
  private static var isLaunched: Bool {
    getenv("PMIX_RANK") != nil || getenv("PMI_RANK") != nil
  }

  /// Parts from the others, when all that they share is done.
  public static func leave() {
    #if MPI
      if communicator is MPICommunicator { ranks_leave() }
    #endif
  }

  /// Ends the job, this process and all others, where one cannot go on.
  public static func abort(_ status: Int32) {
    #if MPI
      if communicator is MPICommunicator { ranks_abort(status) }
    #endif
  }
}
