import Compute
public import Ranks

/// Which rank has which device.
///
/// `opencl:0` is the first rank's; a rank whose device of that name is of the same make has it too.
/// `HOST/opencl:0` is another host's.
public struct RankDevices: Sendable {
  private let places: [Place]

  private struct Place: Codable {
    var host: String
    /// That candidates are judged on; empty where none is.
    var judging: String
    var devices: [DeviceDescription]
  }

  /// All ranks tell each other what they have.
  ///
  /// - Parameters:
  ///   - ranks: that tell.
  ///   - host: this rank's.
  ///   - judging: the device that candidates are judged on; empty where none is.
  ///   - devices: all of this rank's machine.
  public init(
    among ranks: any Communicator, host: String = Placement.host, judgingOn judging: String,
    devices: [DeviceDescription]
  ) throws {
    let own = try RankMessage.bytes(Place(host: host, judging: judging, devices: devices))
    places = try ranks.gatheredMessages(own).map(RankMessage.value)
  }

  /// The part of a device's name that says where it is, as `HOST/`; nothing where none does.
  static func host(of name: String) -> String {
    name.lastIndex(of: "/").map { String(name[...$0]) } ?? ""
  }

  /// Which rank times on a device for another one, and what the device is called there.
  public func owner(of name: String, for rank: Int) throws -> (rank: Int, device: String) {
    var host = Self.host(of: name)
    let device = String(name.dropFirst(host.count))
    guard !host.isEmpty else { return (isTheSame(name, on: rank) ? rank : 0, name) }
    host.removeLast()
    if places[rank].host == host { return (rank, device) }
    guard let first = places.firstIndex(where: { $0.host == host }) else {
      throw ConfigurationError(
        "\(name): no rank is on the host \(host); they are on "
          + "\(Set(places.map(\.host)).sorted().joined(separator: ", "))")
    }
    return (first, device)
  }

  /// The device that a rank judges on, as the first rank names it.
  public func judging(on rank: Int) -> String {
    let place = places[rank]
    guard place.host != places[0].host, !place.judging.isEmpty else { return place.judging }
    return "\(place.host)/\(place.judging)"
  }

  private func isTheSame(_ device: String, on rank: Int) -> Bool {
    guard places[rank].host != places[0].host else { return true }
    func make(_ place: Place) -> [String]? {
      place.devices.first { $0.identifier == device }
        .map { [$0.name, $0.driver, "\($0.computeUnits)"] }
    }
    return make(places[rank]).map { $0 == make(places[0]) } ?? false
  }
}
