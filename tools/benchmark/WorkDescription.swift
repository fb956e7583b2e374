import Compute
import Operators
import Supernets

/// What a piece of work is, for a program that is to do the same.
struct WorkDescription: Encodable {
  var work: String
  var device: DeviceDescription
  var batch: Int
  /// Of one iteration's forward passes.
  var multiplyAdds: Int
  /// Of the first of its subnets.
  var parameters: Int
  /// The space, with the keys of a space file.
  var network: ConfigurationValue
  /// The subnets of an iteration, in order: the chosen option of each dimension by name.
  var architectures: [[String: String]]
  /// The shapes of all parameters, which its subnets share, by name: convolutions [y, x, in, out],
  /// linear layers [in, out].
  var sharedParameters: [String: [Int]]
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
    parameters = try space.cost(of: workload.architectures[0]).parameters
    network = space.configuration
    architectures = workload.architectures.map { architecture in
      let named = zip(space.searchSpace.dimensions, architecture.choices).map {
        ($0.name, $0.options[$1])
      }
      return Dictionary(uniqueKeysWithValues: named)
    }
    sharedParameters = Dictionary(
      uniqueKeysWithValues: workload.layout.entries.map { ($0.name, Array($0.shape)) })
  }
}

/// The same of one row of a group.
struct RowDescription: Encodable {
  var work: String
  var device: DeviceDescription
  var convolution: ConvolutionDescription?
}

/// One pass of a convolution without a bias.
struct ConvolutionDescription: Encodable {
  /// [N,H,W,Ci] and [Ky,Kx,Ci/groups,Co].
  var x: [Int]
  var w: [Int]
  var stride: Int
  var padding: Int
  var dilation: Int
  var groups: Int
  /// Which gradients the pass is to make, that of x (0) or of w (1); of the forward pass none.
  var gradients: [Int]

  /// Nil of other operators.
  init?(_ benchmark: OperatorBenchmark, gradients: [Int]?) {
    guard let convolution = benchmark.operator as? Convolution else { return nil }
    (x, w) = (Array(benchmark.inputs[0].shape), Array(benchmark.inputs[1].shape))
    (stride, padding) = (convolution.stride, convolution.padding)
    (dilation, groups) = (convolution.dilation, convolution.groups)
    self.gradients = gradients ?? []
  }
}
