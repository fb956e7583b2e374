import Datasets
import Dispatch
import Search
import Synchronization
import TensorFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder of landscapes as JPEG files, a folder for each kind, as a camera would leave them.
struct PhotographFolder {
  let path: String

  /// Draws `count` pictures, the kinds by turns, of several sizes, wide and tall; existing ones are
  /// written over.
  init(drawing count: Int, in path: String, side: Int = 320, seed: UInt64 = 1) throws {
    self.path = path
    let kinds = Landscape.Kind.allCases
    for folder in [path] + kinds.map({ "\(path)/\($0.rawValue)" }) { mkdir(folder, 0o755) }
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: count) { index in
      do {
        try Self.draw(index, in: path, side: side, seed: seed)
      } catch {
        failure.withLock { $0 = error }
      }
    }
    if let failure = failure.withLock(\.self) { throw failure }
  }

  private static func draw(_ index: Int, in path: String, side: Int, seed: UInt64) throws {
    let kinds = Landscape.Kind.allCases
    let kind = kinds[index % kinds.count]
    var generator = SeededGenerator(seed: seed, stream: index)
    let landscape = Landscape(kind, using: &generator)
    let (long, short) = (
      side + Int(generator.unit() * Double(side) / 4), side * 3 / 4 + Int(generator.unit() * 16)
    )
    let isTall = generator.unit() < 0.25
    let raster = landscape.drawn(width: isTall ? short : long, height: isTall ? long : short)
    let number = String(index / kinds.count + 1)
    let name = String(repeating: "0", count: max(0, 4 - number.count)) + number
    try AtomicFile.write(
      try JPEGFile.encode(raster, quality: 85), to: "\(path)/\(kind.rawValue)/\(name).jpg")
  }
}
