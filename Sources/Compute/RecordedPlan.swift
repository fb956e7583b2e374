/// Launches in the order in which they were made first: to make them again, nothing is allocated,
/// shaped, looked up or set, which is most of the time of a small network.
final class RecordedPlan<Launch>: Plan {
  let memory: PlannedMemory
  private let relaunch: (Launch) throws -> Void
  private var launches: [Launch] = []
  /// Memory that is not its own.
  private var inputs: [ObjectIdentifier: Storage] = [:]
  fileprivate var made: Tensor?

  init(_ memory: PlannedMemory, relaunch: @escaping (Launch) throws -> Void) {
    (self.memory, self.relaunch) = (memory, relaunch)
  }

  func append(_ launch: Launch, _ arguments: [[KernelArgument]]) {
    launches.append(launch)
    for case .storage(let storage, _) in arguments.joined() where storage.source !== memory {
      inputs[ObjectIdentifier(storage)] = storage
    }
  }

  var output: Tensor {
    guard let made else { preconditionFailure("a plan used before it is made") }
    return made
  }

  func run() throws -> Tensor {
    for launch in launches { try relaunch(launch) }
    return output
  }
}

/// A device's plan in the making, if there is one: where its memory and its launches go.
public final class PlanRecorder<Launch> {
  private var plan: RecordedPlan<Launch>?

  public init() {}

  public var isRecording: Bool { plan != nil }
  /// The plan's memory.
  public var memory: PlannedMemory? { plan?.memory }

  /// Records the launches of `work`, to be made again by `relaunch`.
  public func record(
    _ work: () throws -> Tensor, memory: PlannedMemory,
    relaunch: @escaping (Launch) throws -> Void
  ) throws -> any Plan {
    precondition(plan == nil, "a plan within a plan")
    let recorded = RecordedPlan(memory, relaunch: relaunch)
    plan = recorded
    defer { plan = nil }
    recorded.made = try work()
    return recorded
  }

  public func append(_ launch: Launch, _ arguments: [[KernelArgument]]) {
    plan?.append(launch, arguments)
  }

  /// Work whose memory the plan keeps, as an input, and whose launches it does not repeat.
  public func once<Result>(_ work: () throws -> Result) rethrows -> Result {
    let outside = plan
    plan = nil
    defer { plan = outside }
    return try work()
  }
}
