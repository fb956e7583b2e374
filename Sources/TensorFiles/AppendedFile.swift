#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Files that grow by whole lines or records.
public enum AppendedFile {
  /// Adds text to the end of a file, which is made if it is not there, and brings it to the disk.
  ///
  /// After a power cut the last line may be torn: readers pass it by.
  public static func append(_ text: String, to path: String) throws {
    try append(Array(text.utf8), to: path)
  }

  /// The same of bytes.
  public static func append(_ bytes: [UInt8], to path: String) throws {
    let file = try FileDescriptor(
      opening: path, flags: O_WRONLY | O_CREAT | O_APPEND, doing: "write")
    var writer = FileWriter(path: path, file: file)
    try writer.write(bytes)
    try writer.finish()
  }
}
