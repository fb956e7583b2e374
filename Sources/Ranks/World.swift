internal import CMPI

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The ranks that this process was started with.
///
/// Who starts it says so, as `mpirun` and `srun` do; otherwise it is alone.
public enum World {
  /// What connects the ranks; ``Alone`` where nothing does.
  public static var communicator: any Communicator { (try? joined.get()) ?? Alone() }

  /// Joins the others, as the first look at ``communicator`` does, but says why where that fails.
  ///
  /// - Throws: ``LaunchError`` where several processes were started that nothing connects.
  public static func join() throws { _ = try joined.get() }

  private static let joined = Result<any Communicator, any Error> {
    guard let launch, launch.size != 1 else { return Alone() }
    return try MPICommunicator(launch)
  }

  private static let launch = Launch { name in getenv(name).map { String(cString: $0) } }

  /// Which of the processes started this is, connected or not.
  public static var rank: Int { launch?.rank ?? 0 }

  /// Where this rank is among those of its host; known when all have joined.
  public static let placement = Placement(among: communicator)

  /// Parts from the others, when all that they share is done.
  public static func leave() {
    if communicator is MPICommunicator { ranks_leave() }
  }

  /// Ends the job, this process and all others, where one cannot go on.
  public static func abort(_ status: Int32) {
    if communicator is MPICommunicator { ranks_abort(status) }
  }
}
