import Foundation

/// A folder to run `supernet` in, removed at the end: paths on its command lines are relative.
final class Workspace {
  let folder: URL

  /// A folder that holds the tiny images, space and run.
  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("supernet-cli-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try TinyImages.write(to: url("images"))
    try write("space.yaml", TinyRun.space)
    try write("run.yaml", TinyRun.yaml())
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func url(_ name: String) -> URL { folder.appendingPathComponent(name) }
  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: url(name).path) }
  func data(_ name: String) throws -> Data { try Data(contentsOf: url(name)) }
  func text(_ name: String) throws -> String { String(decoding: try data(name), as: UTF8.self) }
  func remove(_ name: String) throws { try FileManager.default.removeItem(at: url(name)) }

  func write(_ name: String, _ text: String) throws { try write(name, Data(text.utf8)) }
  func write(_ name: String, _ data: Data) throws {
    try FileManager.default.createDirectory(
      at: url(name).deletingLastPathComponent(), withIntermediateDirectories: true)
    try data.write(to: url(name))
  }

  /// Changes a file's bytes.
  func edit(_ name: String, _ change: (inout Data) -> Void) throws {
    var bytes = try data(name)
    change(&bytes)
    try write(name, bytes)
  }

  /// Every file's path below the folder, sorted; `.tmp` files of killed writers included.
  func files(below name: String) -> [String] {
    (FileManager.default.enumerator(atPath: url(name).path)?.compactMap { $0 as? String } ?? [])
      .sorted()
  }

  func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Job {
    try Job(Binary.path, arguments, in: folder, environment: environment)
  }

  func supernet(_ arguments: String..., environment: [String: String] = [:]) throws -> Outcome {
    try start(arguments, environment: environment).wait()
  }

  func supernet(_ arguments: [String]) throws -> Outcome { try start(arguments).wait() }
}
