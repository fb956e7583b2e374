import Operators
import Supernets

/// Times layers by themselves, each as a plan of its own on a device.
///
/// What a layer takes in a network differs: there it finds its input where the layer before has just
/// left it, and its launch may overlap another's.
public final class LayerTimer {
  public let device: any Device
  private let procedure: LatencyProcedure
  private var known: [String: Measurement] = [:]

  /// The most layers that are timed by turns, each with its tensors.
  private static let groupSize = 64

  public init(on device: any Device, procedure: LatencyProcedure = LatencyProcedure()) {
    self.device = device
    self.procedure = procedure
  }

  /// Layers that are the same work are timed once, and remembered.
  public func measurements(of layers: [Layer]) throws -> [Measurement] {
    var unknown: [Layer] = []
    var seen: Set<String> = []
    for layer in layers
    where known[layer.configuration] == nil && seen.insert(layer.configuration).inserted {
      unknown.append(layer)
    }
    while !unknown.isEmpty {
      let group = Array(unknown.prefix(fitting(unknown)))
      let found = try procedure.measure(try group.map(work))
      for (layer, measurement) in zip(group, found) { known[layer.configuration] = measurement }
      unknown.removeFirst(group.count)
    }
    return layers.compactMap { known[$0.configuration] }
  }

  private func fitting(_ layers: [Layer]) -> Int {
    var bytes = device.description.memoryBytes / 8
    let fitting = layers.prefix(Self.groupSize).prefix { layer in
      bytes -= 2 * layer.bytes
      return bytes > 0
    }
    return max(1, fitting.count)
  }

  private func work(_ layer: Layer) throws -> TimedWork {
    let inputs = try layer.inputs.map { shape in
      let tensor = try device.empty(shape)
      try device.fill(tensor, with: 0.5)
      return Variable(tensor)
    }
    let plan = try device.plan {
      try Tape(recording: false).apply(layer.operator, inputs).activations()
    }
    return TimedWork(plan, on: device)
  }
}

extension Layer {
  /// The items of each kernel launch that the layer takes on a device.
  func launches(on device: any Device) throws -> [Int] {
    let counting = CountingDevice(imitating: device, tuning: device.tuning)
    let variables = try inputs.map { Variable(try counting.empty($0)) }
    _ = try Tape(recording: false).apply(self.operator, variables).activations()
    return counting.launched.map { $0[0] }
  }
}

/// A layer's time beside the least that the device's ceilings allow.
public struct TimedLayer: Sendable, Codable {
  public var name: String
  public var kind: String
  public var output: Shape
  public var multiplyAdds: Int
  public var bytes: Int
  public var medianSeconds: Double
  public var floorSeconds: Double
  /// What the floor is that of: the slowest of arithmetic, traffic and the launches themselves.
  public var bound: Ceilings.Bound

  public init(
    _ layer: Layer, _ measurement: Measurement, _ ceilings: Ceilings, on device: any Device
  ) throws {
    name = layer.name
    kind = layer.kind
    output = layer.output
    multiplyAdds = layer.multiplyAdds
    bytes = layer.bytes
    medianSeconds = measurement.samples.median
    (floorSeconds, bound) = ceilings.warmFloor(
      flops: 2 * Double(layer.multiplyAdds), bytes: Double(layer.bytes),
      launches: try layer.launches(on: device))
  }
}

/// A subnet's latency on a device: what `supernet time` tells.
public struct TimedSubnet: Sendable, Codable {
  public var device: DeviceDescription
  /// As its space writes it.
  public var architecture: String
  /// Of one image.
  public var multiplyAdds: Int
  public var latency: Latency
  /// Each by itself, where that was asked for.
  public var layers: [TimedLayer]?

  public init(
    device: DeviceDescription, architecture: String, multiplyAdds: Int, latency: Latency,
    layers: [TimedLayer]? = nil
  ) {
    self.device = device
    self.architecture = architecture
    self.multiplyAdds = multiplyAdds
    self.latency = latency
    self.layers = layers
  }
}
