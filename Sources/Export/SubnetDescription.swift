import Supernets

/// What lies beside a subnet's weights: all that is needed to build and feed it, as JSON.
struct SubnetDescription: Encodable {
  static let format = "supernet-subnet-1"
  /// How ONNX models and PyTorch modules are fed, as a sentence for people.
  static let pixels =
    "images [N,C,H,W] of image-size, numbers from 0 to 255; (pixel/255 - mean) / std and the "
    + "resize to the resolution are part of the model"

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
  var pixels = Self.pixels
  /// Side of the images it was trained on, before they are resized to its resolution.
  var imageSize: Int
  var classNames: [String]

  enum CodingKeys: String, CodingKey {
    case format, weights, network, architecture, normalization, pixels
    case classNames = "class-names"
    case imageSize = "image-size"
  }
}
