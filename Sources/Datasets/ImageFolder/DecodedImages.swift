import Dispatch
import Synchronization
import TensorFiles

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A folder's images, decoded once and for all into one file in the user's cache, which is mapped.
///
/// The file is 64 bytes of header, the pixels of every listed image in order (zeros where one was
/// skipped), and a text: the pixels' checksum, and a line for each skipped image. Its name says of which
/// files it is and in which form; what was decoded of an earlier state of the folder goes.
struct DecodedImages {
  let pixels: ImageRecords
  /// Which images could not be decoded, and why.
  let skipped: [(image: Int, reason: String)]

  private static let headerSize = 64
  /// What is decoded before it is written.
  private static let blockBytes = 1 << 26

  /// Opens what was decoded before, or decodes.
  ///
  /// Throws `DatasetError` for the first broken image where those are refused.
  init(of listing: ImageListing, _ request: DatasetRequest) throws {
    let (form, count) = (request.form, listing.images.count)
    let size = form.size * form.size * form.channels
    var place = Checksum()
    place.combine(listing.root)
    let cache = request.cache ?? UserCache.folder("images")
    guard let folder = cache.map({ "\($0)/\(place.text)" }), UserCache.make(folder) else {
      throw DatasetError(
        place: cache ?? "no home folder",
        problem: "decoded images cannot be kept there",
        advice: "set XDG_CACHE_HOME to a folder that can be written to")
    }
    let kind = "\(form.size)x\(form.channels)-\(request.fit.rawValue)-"
    let path = "\(folder)/\(kind)\(listing.fingerprint).pixels"
    // Processes that want the same images wait for the one that decodes them.
    let lock = try FolderLock(folder)
    defer { withExtendedLifetime(lock) {} }
    if let found = Self(readingFrom: path, count: count, size: size, form) {
      if request.broken == .refuse, let first = found.skipped.first {
        throw DatasetError(
          place: "\(listing.root)/\(listing.images[first.image].path)",
          problem: "could not be decoded before (\(first.reason))", advice: ImageFile.advice)
      }
      self = found
      return
    }
    AtomicFile.removeLeftovers(in: folder)
    try Self.write(listing, request, size: size, to: path)
    Self.remove(from: folder, beginningWith: kind, except: path)
    guard let made = Self(readingFrom: path, count: count, size: size, form) else {
      throw DatasetError(place: path, problem: "changed while in use", advice: "try again")
    }
    self = made
  }

  private static func header(count: Int, size: Int) -> [UInt8] {
    let text = Array("supernet pixels 1 \(count) \(size)\n".utf8)
    return text + [UInt8](repeating: 0, count: headerSize - text.count)
  }

  /// Nil where there is no such file, or none that only the user may have written.
  private init?(readingFrom path: String, count: Int, size: Int, _ form: ImageForm) {
    let end = Self.headerSize + count * size
    guard let file = try? MappedFile(opening: path, isOwn: true), file.count >= end,
      file.bytes(0..<Self.headerSize) == Self.header(count: count, size: size)
    else { return nil }
    let lines = String(decoding: file.bytes(end..<file.count), as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    guard lines.count >= 2, lines.last == "" else { return nil }
    var skipped: [(image: Int, reason: String)] = []
    for line in lines.dropFirst().dropLast() {
      let parts = line.split(separator: " ", maxSplits: 1)
      guard parts.count == 2, let image = Int(parts[0]), (0..<count).contains(image) else {
        return nil
      }
      skipped.append((image, String(parts[1])))
    }
    self.skipped = skipped
    pixels = ImageRecords(
      parts: [.init(region: file, start: Self.headerSize, count: count)], stride: size,
      layout: .interleaved, pixels: form.size * form.size, stored: form.channels,
      wanted: form.channels, identity: String(lines[0]))
  }

  private static func write(
    _ listing: ImageListing, _ request: DatasetRequest, size: Int, to path: String
  ) throws {
    let count = listing.images.count
    // Eight images at a time are whole words, as checksums want them.
    let block = max(8, min(512, blockBytes / size) / 8 * 8)
    var (sum, trailer) = (Checksum(), "")
    sum.combine(byteCount: count * size)
    try AtomicFile.write(to: path, mode: 0o600) { writer in
      try writer.write(header(count: count, size: size))
      for first in stride(from: 0, to: count, by: block) {
        let images = listing.images[first..<min(first + block, count)]
        let (pixels, faults) = decode(images, in: listing.root, request, size: size)
        for (image, fault) in faults {
          if request.broken == .refuse { throw fault }
          trailer += "\(image) \((fault as? DatasetError)?.problem ?? "cannot be read")\n"
        }
        sum.combine(part: pixels)
        try writer.write(pixels)
        request.progress(images.endIndex, count)
      }
      try writer.write("\(sum.text)\n\(trailer)")
    }
  }

  /// Decodes images on all processors; what cannot be decoded stays black.
  private static func decode(
    _ images: ArraySlice<ImageListing.Image>, in root: String, _ request: DatasetRequest, size: Int
  ) -> (pixels: [UInt8], faults: [(image: Int, fault: any Error)]) {
    let faults = Mutex<[(image: Int, fault: any Error)]>([])
    let form = request.form
    let pixels = [UInt8](unsafeUninitializedCapacity: images.count * size) { bytes, filled in
      bytes.initialize(repeating: 0)
      filled = images.count * size
      // Each iteration writes to a part of its own.
      nonisolated(unsafe) let target = bytes
      DispatchQueue.concurrentPerform(iterations: images.count) { index in
        let place = images.startIndex + index
        do {
          let path = "\(root)/\(images[place].path)"
          let file = try FileReader.bytes(of: path, limit: ImageFile.mostBytes)
          let raster = try ImageFile.decode(
            file, name: path, channels: form.channels, least: form.size
          ).square(form.size, request.fit)
          let part = target[index * size..<(index + 1) * size]
          _ = UnsafeMutableBufferPointer(rebasing: part).update(fromContentsOf: raster.bytes)
        } catch {
          faults.withLock { $0.append((place, error)) }
        }
      }
    }
    return (pixels, faults.withLock { $0.sorted { $0.image < $1.image } })
  }

  private static func remove(from folder: String, beginningWith kind: String, except path: String) {
    guard let entries = try? FolderEntries(of: folder).list("") else { return }
    for entry in entries where entry.name.hasPrefix(kind) && "\(folder)/\(entry.name)" != path {
      _ = unlink("\(folder)/\(entry.name)")
    }
  }
}

/// One process at a time.
private final class FolderLock {
  private let number: Int32

  init(_ folder: String) throws {
    let path = "\(folder)/lock"
    number = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard number >= 0 else { throw DatasetError(reading: path, errno) }
    while flock(number, LOCK_EX) != 0 {
      guard errno == EINTR else { throw DatasetError(reading: path, errno) }
    }
  }

  deinit { _ = close(number) }
}
