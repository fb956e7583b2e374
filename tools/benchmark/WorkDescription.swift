import Compute
import Supernets

/// What a piece of work is, for a program that is to do the same.
struct WorkDescription: Encodable {
  var work: String
  var device: DeviceDescription
  var batch: Int
  /// Of one iteration's forward passes.
  var multiplyAdds: Int
  /// Of the whole network: the largest subnet's.
  var parameters: Int
  /// The space, with the keys of a space file.
  var network: ConfigurationValue
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
    parameters = try space.cost(of: space.largest).parameters
    network = space.configuration
    architectures = workload.architectures.map { architecture in
      let named = zip(space.searchSpace.dimensions, architecture.choices).map {
        ($0.name, Int($0.options[$1]) ?? 0)
      }
      return Dictionary(uniqueKeysWithValues: named)
    }
  }
}
