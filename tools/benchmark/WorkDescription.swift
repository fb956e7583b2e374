import Compute
import Supernets

/// What a piece of work is, for a program that is to do the same.
struct WorkDescription: Encodable {
  struct Stage: Encodable {
    var stride: Int
    var expands: Bool
    var activation: String
  }

  var work: String
  var device: DeviceDescription
  var batch: Int
  var channels: Int
  var classes: Int
  /// Of one iteration's forward passes.
  var multiplyAdds: Int
  /// Of the whole network: the largest subnet's.
  var parameters: Int
  var stemKernel: Int
  var stemStride: Int
  var stemActivation: String
  var stages: [Stage]
  var headActivation: String
  /// The subnets of an iteration, in order: the chosen option of each dimension by name.
  var architectures: [[String: Int]]
  /// Resident before the device was opened.
  var residentBytesAtStart: Int?

  init(
    _ work: String, _ workload: Workload, on device: DeviceDescription, residentBytesAtStart: Int?
  ) throws {
    let space = workload.space
    self.work = work
    self.device = device
    self.residentBytesAtStart = residentBytesAtStart
    batch = workload.images
    multiplyAdds = workload.multiplyAdds
    channels = space.channels
    classes = space.classes
    parameters = try space.cost(of: space.largest).parameters
    (stemKernel, stemStride) = (space.stem.kernel, space.stem.stride)
    (stemActivation, headActivation) = (space.stem.activation.name, space.head.activation.name)
    stages = space.stages.map {
      Stage(stride: $0.stride, expands: $0.expands, activation: $0.activation.name)
    }
    architectures = workload.architectures.map { architecture in
      let named = zip(space.searchSpace.dimensions, architecture.choices).map {
        ($0.name, Int($0.options[$1]) ?? 0)
      }
      return Dictionary(uniqueKeysWithValues: named)
    }
  }
}
