#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where a user's caches are: `$XDG_CACHE_HOME/supernet`, by default `~/.cache/supernet`.
public enum UserCache {
  /// The folder of all of them; nil where the user has no home.
  public static var root: String? {
    // The standard says to ignore a relative path.
    if let caches = environment("XDG_CACHE_HOME"), caches.hasPrefix("/") {
      return "\(caches)/supernet"
    }
    return environment("HOME").map { "\($0)/.cache/supernet" }
  }

  /// One of the folders there.
  public static func folder(_ name: String) -> String? { root.map { "\($0)/\(name)" } }

  /// Makes a folder and those it lies in, for the user alone; whether it can be written to.
  public static func make(_ folder: String) -> Bool {
    var path = folder.hasPrefix("/") ? "" : "."
    for part in folder.split(separator: "/") {
      path += "/\(part)"
      mkdir(path, 0o700)
    }
    return access(folder, W_OK | X_OK) == 0
  }

  private static func environment(_ name: String) -> String? {
    guard let value = getenv(name), value.pointee != 0 else { return nil }
    return String(cString: value)
  }
}
