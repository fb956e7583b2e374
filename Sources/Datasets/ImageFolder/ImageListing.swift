import TensorFiles

/// The image files of a folder: `CLASS/...`, or `train/CLASS/...` beside `test/` and `val/`.
struct ImageListing {
  enum Part: String, CaseIterable {
    case train, validation, test

    /// What the folder may be called.
    var names: [String] { self == .validation ? ["val", "valid", "validation"] : [rawValue] }
  }

  struct Image {
    /// As seen from the root.
    let path: String
    let part: Part
    let label: Int
    let size: Int
    let modified: Int
  }

  let root: String
  let classNames: [String]
  /// Part by part, class by class, by name.
  private(set) var images: [Image] = []
  /// Whether the folder says what is for validation and test.
  private(set) var parts: Set<Part> = [.train]
  /// Files of other kinds.
  private(set) var others: [String] = []

  private static let mostDepth = 16
  private static let mostClasses = 65_536

  init(of folder: String) throws {
    guard SourceFile.isFolder(folder) else {
      throw DatasetError(
        place: folder, problem: "is no folder",
        advice: "give a folder with a folder of images for each class")
    }
    let entries = try FolderEntries(of: folder)
    let top = try entries.list("").filter(\.isFolder).map(\.name)
    let hasParts = top.contains(Part.train.rawValue)
    var names = top
    if hasParts { names = try entries.list(Part.train.rawValue).filter(\.isFolder).map(\.name) }
    guard !names.isEmpty, names.count <= Self.mostClasses else {
      throw DatasetError(
        place: hasParts ? "\(folder)/train" : folder,
        problem: names.isEmpty ? "holds no folders" : "holds \(names.count) folders",
        advice: "put the images of each class into a folder of the class's name")
    }
    (root, classNames) = (entries.root, names)
    let labels = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
    guard hasParts else {
      for name in names { try add(name, .train, labels[name] ?? 0, entries) }
      return
    }
    for part in Part.allCases {
      guard let place = part.names.first(where: top.contains) else { continue }
      parts.insert(part)
      for name in try entries.list(place).filter(\.isFolder).map(\.name) {
        guard let label = labels[name] else {
          throw DatasetError(
            place: "\(folder)/\(place)/\(name)", problem: "is no class of \(folder)/train",
            advice: "give every class a folder there, or take this one away")
        }
        try add("\(place)/\(name)", part, label, entries)
      }
    }
  }

  private mutating func add(
    _ folder: String, _ part: Part, _ label: Int, _ entries: FolderEntries, depth: Int = 0
  ) throws {
    guard depth < Self.mostDepth else {
      throw DatasetError(
        place: "\(root)/\(folder)", problem: "folders are nested more than \(Self.mostDepth) deep",
        advice: "put the images of each class into one folder")
    }
    for entry in try entries.list(folder) {
      let path = "\(folder)/\(entry.name)"
      if entry.isFolder {
        try add(path, part, label, entries, depth: depth + 1)
      } else if [".png", ".jpg", ".jpeg"].contains(where: entry.name.lowercased().hasSuffix) {
        images.append(
          Image(
            path: path, part: part, label: label, size: entry.size, modified: entry.modified))
      } else {
        others.append(path)
      }
    }
  }

  /// Names all files, their sizes and when they were last changed.
  var fingerprint: String {
    var sum = Checksum()
    for image in images { sum.combine("\(image.path) \(image.size) \(image.modified)") }
    return sum.text
  }
}
