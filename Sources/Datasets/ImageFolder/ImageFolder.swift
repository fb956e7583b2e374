/// A folder of PNG and JPEG files of any size, a folder for each class.
///
/// It is `CLASS/FILE`, or has `train/CLASS/FILE` and perhaps `val/` and `test/`; what is not there is set
/// aside by seed, class by class.
public enum ImageFolder {
  /// Decodes what has not been decoded before, and maps it.
  ///
  /// Throws `DatasetError`, which names the file or folder at fault.
  public static func load(_ request: DatasetRequest) throws -> LoadedDataset {
    let path = try request.path(of: "image-folder", holding: "a folder of images by class")
    guard [1, 3].contains(request.form.channels) else {
      throw DatasetError(
        place: path, problem: "images of \(request.form.channels) channels cannot be made of files",
        advice: "use a space of 1 or 3 channels")
    }
    let listing = try ImageListing(of: path)
    guard !listing.images.isEmpty else {
      throw DatasetError(
        place: path, problem: "holds no PNG or JPEG files", advice: "check the path and the names")
    }
    let decoded = try DecodedImages(of: listing, request)
    let all = ImageDataset(
      name: "image-folder", height: request.form.size, width: request.form.size,
      channels: request.form.channels, pixels: decoded.pixels,
      labels: listing.images.map { Int32($0.label) }, classNames: listing.classNames)
    let broken = Set(decoded.skipped.map(\.image))
    func part(_ part: ImageListing.Part) throws -> ImageDataset? {
      guard listing.parts.contains(part) else { return nil }
      let images = all.selecting(
        listing.images.indices.filter { listing.images[$0].part == part && !broken.contains($0) })
      guard images.count > 0 else {
        throw DatasetError(
          place: path, problem: "holds no \(part.rawValue) images", advice: "add some to each class"
        )
      }
      return images
    }
    let train = try part(.train)
    return try LoadedDataset(
      train: train ?? all, validation: try part(.validation), test: try part(.test),
      notes: notes(listing, decoded), request, place: path)
  }

  private static func notes(_ listing: ImageListing, _ decoded: DecodedImages) -> [String] {
    var notes: [String] = []
    if let first = listing.others.first {
      let count = listing.others.count
      notes.append(
        "Note: left out \(count) file\(count == 1 ? "" : "s") that \(count == 1 ? "is" : "are") neither "
          + "PNG nor JPEG by name, \(first)\(count == 1 ? "" : " first").")
    }
    notes += decoded.skipped.prefix(10).map { image, reason in
      "Note: skipped \(listing.root)/\(listing.images[image].path), which \(reason)."
    }
    if decoded.skipped.count > 10 {
      notes.append("Note: skipped \(decoded.skipped.count) files in all.")
    }
    return notes
  }
}

extension DatasetEntry {
  static let imageFolder = DatasetEntry(
    name: "image-folder",
    summary: "A folder of PNG and JPEG files of any size, a folder for each class.",
    recognizes: { (try? FolderEntries(of: $0).list(""))?.contains(where: \.isFolder) == true },
    load: ImageFolder.load)
}
