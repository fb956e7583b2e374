#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Compiled programs in a folder, one file each, so that the next start compiles nothing.
///
/// It is only ever a help: a folder that is missing or cannot be written to, a file that is damaged
/// or of another driver or source, all mean that the program is compiled anew.
struct ProgramCache {
  let folder: String

  /// The user's.
  static var userFolder: String? { UserCache.folder("programs") }

  /// Makes the folder and those it lies in; whether it can be written to.
  func makeFolder() -> Bool { UserCache.make(folder) }

  func program(_ key: ProgramKey) -> [UInt8]? {
    contents(of: path(key)).flatMap { CacheEntry.program(in: $0, for: key) }
  }

  func keep(_ program: [UInt8], for key: ProgramKey) {
    let final = path(key)
    let temporary = "\(final).\(UInt64.random(in: .min ... .max)).tmp"
    // Others see the old file or the whole new one.
    guard write(CacheEntry.bytes(program, for: key), to: temporary),
      rename(temporary, final) == 0
    else {
      unlink(temporary)
      return
    }
  }

  private func path(_ key: ProgramKey) -> String { "\(folder)/\(key.fileName)" }

  private func contents(of path: String) -> [UInt8]? {
    guard let file = fopen(path, "rb") else { return nil }
    defer { fclose(file) }
    guard fseek(file, 0, SEEK_END) == 0 else { return nil }
    let size = ftell(file)
    // A folder of that name opens too, and claims to be endless.
    guard size >= 0, size < 1 << 30, fseek(file, 0, SEEK_SET) == 0 else { return nil }
    var bytes = [UInt8](repeating: 0, count: size)
    return fread(&bytes, 1, size, file) == size ? bytes : nil
  }

  private func write(_ bytes: [UInt8], to path: String) -> Bool {
    guard let file = fopen(path, "wb") else { return false }
    let written = fwrite(bytes, 1, bytes.count, file)
    return fclose(file) == 0 && written == bytes.count
  }
}
