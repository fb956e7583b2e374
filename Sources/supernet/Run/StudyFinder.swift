import Export

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Where studies lie.
enum StudyFinder {
  private static let ending = ".sqlite"

  /// A study's path as the beginning of others.
  static func withoutEnding(_ path: String) -> String {
    path.hasSuffix(ending) ? String(path.dropLast(ending.count)) : path
  }

  /// The study of a run's folder, or the file itself.
  static func file(of path: String) -> String {
    let inFolder = RunFolder(path: path).study
    return RunFolder.exists(inFolder) ? inFolder : path
  }

  /// The files that may be studies: the one that is named, or those in a folder and below, sorted.
  static func files(at path: String) throws -> [(path: String, isNamed: Bool)] {
    var isFolder = false
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      throw ConfigurationError("\(path): there is no such file or folder")
    }
    guard isFolder else { return [(path, true)] }
    return below(path).map { ($0, false) }
  }

  /// Hidden folders, such as a build's, are passed by; so are those that may not be read, and links
  /// to folders, which may lead in circles.
  private static func below(_ folder: String) -> [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { !$0.hasPrefix(".") }.sorted().flatMap { name -> [String] in
      let path = folder == "." ? name : "\(folder)/\(name)"
      var isFolder = false
      _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      let isLink = (try? FileManager.default.destinationOfSymbolicLink(atPath: path)) != nil
      if isFolder, isLink { return [] }
      return isFolder ? below(path) : name.hasSuffix(ending) ? [path] : []
    }
  }
}
