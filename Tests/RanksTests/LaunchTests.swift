import Ranks
import Testing

/// What launchers tell their processes.
@Suite struct LaunchTests {
  private func started(_ environment: [String: String]) -> Launch? { Launch { environment[$0] } }

  @Test func nobodyLaunchedAProcessWithoutARank() {
    #expect(started([:]) == nil)
    #expect(started(["SLURM_STEP_NUM_TASKS": "4", "SUPERNET_MPI": "libmpi.so"]) == nil)
    #expect(started(["PMI_RANK": "first"]) == nil)
  }

  @Test func openMPIIsLookedForFirstWhereItLaunches() throws {
    let launch = try #require(started(["PMIX_RANK": "2", "OMPI_COMM_WORLD_SIZE": "3"]))
    #expect(launch.rank == 2 && launch.size == 3)
    #expect(launch.libraries == ["libmpi.so.40", "libmpich.so.12", "libmpi.so.12"])
  }

  @Test func mpichIsLookedForFirstWhereItLaunches() throws {
    let launch = try #require(started(["PMI_RANK": "0", "PMI_SIZE": "2"]))
    #expect(launch.rank == 0 && launch.size == 2)
    #expect(launch.libraries == ["libmpich.so.12", "libmpi.so.12", "libmpi.so.40"])
  }

  @Test func slurmTellsHowManyItStarted() throws {
    #expect(try #require(started(["PMIX_RANK": "0", "SLURM_STEP_NUM_TASKS": "8"])).size == 8)
    #expect(try #require(started(["PMIX_RANK": "0"])).size == nil)
  }

  @Test func theUserMayNameTheLibrary() throws {
    let named = ["PMI_RANK": "0", "SUPERNET_MPI": "/opt/mpi/lib/libmpi.so"]
    #expect(try #require(started(named)).libraries == ["/opt/mpi/lib/libmpi.so"])
  }
}
