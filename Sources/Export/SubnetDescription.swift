import Supernets

/// What lies beside a subnet's weights: all that is needed to build and feed it, as JSON.
struct SubnetDescription: Encodable {
  static let format = "supernet-subnet-1"

  /// (pixel/255 - mean) / std, per channel; images are resized bilinearly to the resolution after.
  struct Normalization: Encodable {
    var mean: [Float]
    var std: [Float]
  }

  var format = Self.format
  /// The safetensors file beside this one.
  var weights: String
  /// A space, with the keys of a space file, and which of its architectures this is.
  var network: ConfigurationValue
  var architecture: String
  var normalization: Normalization
  /// Side of the images it was trained on, before they are resized to its resolution.
  var imageSize: Int
  var classNames: [String]

  enum CodingKeys: String, CodingKey {
    case format, weights, network, architecture, normalization
    case classNames = "class-names"
    case imageSize = "image-size"
  }
}
