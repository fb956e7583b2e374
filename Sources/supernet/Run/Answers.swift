import Datasets
import TensorFiles

/// What a subnet was asked and what it answered, for holding other runtimes against it.
struct Answers {
  var images: ImageDataset
  /// [N*classes].
  var logits: [Float]

  func write(to path: String) throws {
    let (count, height, width, channels) = (
      images.count, images.height, images.width, images.channels
    )
    let plane = height * width
    var planes: [UInt8] = []
    let pixels = try images.images(0..<count)
    planes.reserveCapacity(pixels.count)
    for n in 0..<count {
      for c in 0..<channels {
        for position in 0..<plane {
          planes.append(pixels[(n * plane + position) * channels + c])
        }
      }
    }
    try SafetensorsFile(tensors: [
      NamedTensor(name: "images", shape: [count, channels, height, width], values: planes),
      NamedTensor(name: "labels", shape: [count], values: images.labels),
      NamedTensor(name: "logits", shape: [count, logits.count / count], values: logits),
    ]).write(to: path)
  }
}
