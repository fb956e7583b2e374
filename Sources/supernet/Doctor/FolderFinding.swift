import ComputeOpenCL
import Datasets
import TensorFiles
import Terminal

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension Finding {
  /// The user's caches: what others may write there is not used.
  static var caches: Finding {
    guard let folder = UserCache.root else {
      return Finding(
        "caches", .lacking, "no folder: neither HOME nor XDG_CACHE_HOME is set",
        advice: "set HOME; programs are compiled anew at each start, and `tune` keeps nothing")
    }
    let parts = ([folder] + ["images", "programs", "tuning"].map { "\(folder)/\($0)" })
      .filter(SystemFile.exists)
    guard !parts.isEmpty else {
      let place = SystemFile.nearest(folder)
      return SystemFile.isOpenFolder(place)
        ? Finding("caches", "\(folder): not made yet")
        : Finding(
          "caches", .lacking, "\(folder): cannot be made in \(place)",
          advice: "set XDG_CACHE_HOME to a folder of yours; nothing is kept without one")
    }
    for path in parts {
      if let (owner, mode) = SystemFile.status(path), owner != getuid() || mode & 0o022 != 0 {
        return Finding(
          "caches", .lacking, "\(path): of another user, or others may write there",
          advice: "chown -R $USER \(folder) && chmod -R go-w \(folder)")
      }
      guard SystemFile.isOpenFolder(path) else {
        return Finding(
          "caches", .lacking, "\(path): cannot be written", advice: "chmod u+rwx \(path)")
      }
    }
    return Finding("caches", folder)
  }

  /// The folder that runs will lie in, and the room there is.
  static var disk: Finding {
    let free = SystemFile.freeBytes(at: ".") ?? 0
    let text = "\(Readable.fixed(Double(free) / 1_073_741_824, 1)) GiB free here"
    guard SystemFile.isOpenFolder(".") else {
      return Finding(
        "disk", .lacking, "\(text), but this folder cannot be written",
        advice: "go to another folder, or give --folder")
    }
    return free > 1 << 30
      ? Finding("disk", text)
      : Finding(
        "disk", .lacking, text,
        advice: "a run of a large space takes some hundred MiB: make room, or give --folder")
  }

  /// The images that `auto` takes, read once.
  static var images: Finding {
    let (entry, path, reason) = DatasetCatalogue.automatic()
    do {
      let loaded = try entry.load(DatasetRequest(path: path))
      let text = "\(reason) \(loaded.train.count) to train on, \(loaded.test.count) to test"
      return path == nil
        ? Finding(
          "data set", .lacking, text,
          advice: "apt-get install dataset-fashion-mnist, or give data.folder in a run's file")
        : Finding("data set", text)
    } catch {
      return Finding("data set", .lacking, "\(error)")
    }
  }
}
