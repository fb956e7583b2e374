import Glibc
import TensorFiles
import Testing

@Suite struct AtomicFileTests {
  private let folder = TemporaryFolder()

  @Test func writesAndReplaces() throws {
    let path = folder.file("report.txt")
    try AtomicFile.write("first, and longer\n", to: path)
    try AtomicFile.write("second\n", to: path)
    #expect(try FileReader.bytes(of: path) == Array("second\n".utf8))
    #expect(folder.names == ["report.txt"])
  }

  @Test func gathersSmallAndLargePieces() throws {
    let path = folder.file("pieces")
    let large = [UInt8](repeating: 7, count: 200_000)
    try AtomicFile.write(to: path) { writer in
      for _ in 0..<30_000 { try writer.write("abc") }
      try writer.write(large)
      try writer.write([1, 2])
    }
    let small = (0..<30_000).flatMap { _ in Array("abc".utf8) }
    #expect(try FileReader.bytes(of: path) == small + large + [1, 2])
  }

  @Test func aThrowingClosureLeavesTheOldFileAlone() throws {
    struct Interrupted: Error {}
    let path = folder.file("kept")
    try AtomicFile.write("old", to: path)
    #expect(throws: Interrupted.self) {
      try AtomicFile.write(to: path) { writer in
        try writer.write("new")
        throw Interrupted()
      }
    }
    #expect(try FileReader.bytes(of: path) == Array("old".utf8))
    #expect(folder.names == ["kept"])
  }

  @Test func keepsTheModeAndTheLink() throws {
    let (path, link) = (folder.file("private"), folder.file("link"))
    try AtomicFile.write("old", to: path)
    chmod(path, 0o600)
    symlink(path, link)
    try AtomicFile.write("new", to: link)
    #expect(try FileReader.bytes(of: path) == Array("new".utf8))
    var status = stat()
    #expect(lstat(link, &status) == 0)
    #expect(status.st_mode & S_IFMT == S_IFLNK)
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test func anAbsentFolderIsNamed() {
    let path = folder.file("absent/out.bin")
    let error = #expect(throws: FileError.self) { try AtomicFile.write([1], to: path) }
    #expect(
      error?.description == "\(path): cannot write (No such file or directory); "
        + "check that the folder exists")
  }

  @Test func aFolderIsNoFile() {
    let error = #expect(throws: FileError.self) { try AtomicFile.write([1], to: folder.path) }
    #expect(error?.advice == "give a file name, not a folder")
    #expect(folder.names.isEmpty)
  }

  @Test func aReadOnlyFolderIsRefused() {
    // The superuser may write anywhere, except to file systems such as this one.
    let path = geteuid() == 0 ? "/proc/supernet.bin" : folder.file("out.bin")
    chmod(folder.path, 0o555)
    defer { chmod(folder.path, 0o755) }
    #expect(throws: FileError.self) { try AtomicFile.write([1], to: path) }
    #expect(folder.names.isEmpty)
  }

  @Test func devicesAreWrittenStraightTo() throws {
    try AtomicFile.write([1, 2, 3], to: "/dev/null")
    var status = stat()
    #expect(stat("/dev/null", &status) == 0)
    #expect(status.st_mode & S_IFMT == S_IFCHR)
  }

  @Test func aFullDeviceIsTold() {
    let error = #expect(throws: FileError.self) { try AtomicFile.write([1], to: "/dev/full") }
    #expect(
      error?.description == "/dev/full: cannot write (No space left on device); "
        + "free some space or choose another disk")
  }

  @Test func anIgnoredFailureStillFails() {
    #expect(throws: FileError.self) {
      try AtomicFile.write(to: "/dev/full") { writer in
        for _ in 0..<4 { try? writer.write([UInt8](repeating: 0, count: 100_000)) }
      }
    }
  }

  @Test func aFullDiskLeavesTheOldFileAlone() throws {
    guard mount("tmpfs", folder.path, "tmpfs", 0, "size=64k") == 0 else {
      print("skipped: a full disk needs the right to mount a small file system")
      return
    }
    defer { umount2(folder.path, Int32(MNT_DETACH)) }
    let path = folder.file("model")
    try AtomicFile.write("old", to: path)
    let error = #expect(throws: FileError.self) {
      try AtomicFile.write([UInt8](repeating: 1, count: 1 << 20), to: path)
    }
    #expect(error?.advice == "free some space or choose another disk")
    #expect(try FileReader.bytes(of: path) == Array("old".utf8))
    #expect(folder.names == ["model"])
  }

  @Test func errorsStayOnOneLine() {
    let error = FileError(path: "a\nb", problem: "p", advice: "do")
    #expect(error.description == "a\\nb: p; do")
  }
}
