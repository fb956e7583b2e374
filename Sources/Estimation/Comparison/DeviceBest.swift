/// The best subnet of a device under a budget that as many subnets keep to on every device.
public struct DeviceBest: Sendable, Codable, Equatable {
  public struct Elsewhere: Sendable, Codable, Equatable {
    public var device: String
    public var seconds: Double
    /// That device's budget for as many subnets.
    public var budgetSeconds: Double
  }

  /// The part of the subnets that keep to the budget.
  public var part: Double
  public var device: String
  public var budgetSeconds: Double
  public var subnet: DeviceComparison.Subnet
  public var seconds: Double
  /// The same subnet on the other devices.
  public var elsewhere: [Elsewhere]

  static func all(_ devices: [String], _ subnets: [DeviceComparison.Subnet]) -> [DeviceBest] {
    [0.25, 0.5, 0.75].flatMap { part -> [DeviceBest] in
      let budgets = devices.indices.map { device in
        Samples(seconds: subnets.map { $0.seconds[device] }).quantile(part)
      }
      return devices.indices.compactMap { device in
        let fitting = subnets.filter { $0.seconds[device] <= budgets[device] }
        // The first of equals, so that the order is that of the subnets.
        var best: DeviceComparison.Subnet?
        for subnet in fitting where subnet.worth > best?.worth ?? -1 { best = subnet }
        return best.map { best in
          DeviceBest(
            part: part, device: devices[device], budgetSeconds: budgets[device], subnet: best,
            seconds: best.seconds[device],
            elsewhere: devices.indices.filter { $0 != device }.map {
              Elsewhere(
                device: devices[$0], seconds: best.seconds[$0], budgetSeconds: budgets[$0])
            })
        }
      }
    }
  }
}
