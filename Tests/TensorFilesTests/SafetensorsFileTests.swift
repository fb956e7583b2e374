import TensorFiles
import Testing

@Suite struct SafetensorsFileTests {
  private let folder = TemporaryFolder()

  private static let example = SafetensorsFile(
    tensors: [
      NamedTensor(name: "labels", shape: [3], values: [1, -2, 3] as [Int32]),
      NamedTensor(name: "stem.weight", shape: [2, 1, 2], values: [0.5, 3, -7, 1] as [Float]),
      NamedTensor(name: "step", shape: [], values: [Int64.min]),
      NamedTensor(name: "none", shape: [0, 4], values: [] as [UInt8]),
      NamedTensor(name: "pixels", shape: [3], values: [1, 2, 255] as [UInt8]),
    ],
    metadata: ["format": "pt", "quote \" \\ \n \u{1} é": "☃ 𝄞"])

  @Test func readsWhatItWrote() throws {
    let path = folder.file("model.safetensors")
    try Self.example.write(to: path)
    let read = try SafetensorsFile(readingFrom: path)
    #expect(read.metadata == Self.example.metadata)
    #expect(read.tensors.map(\.name) == ["step", "labels", "stem.weight", "none", "pixels"])
    for tensor in Self.example.tensors { #expect(read.tensor(named: tensor.name) == tensor) }
    #expect(try FileReader.bytes(of: path) == Self.example.encoded())
    #expect(folder.names == ["model.safetensors"])
  }

  @Test func bytesAreExactlyThese() throws {
    let file = SafetensorsFile(
      tensors: [NamedTensor(name: "a", shape: [1], values: [1] as [Float])],
      metadata: ["k": "v"])
    let header =
      #"{"__metadata__":{"k":"v"},"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
    #expect(header.utf8.count == 79)
    let expected = [80, 0, 0, 0, 0, 0, 0, 0] + Array((header + " ").utf8) + [0, 0, 0x80, 0x3F]
    #expect(try file.encoded() == expected)
  }

  @Test func bitsOfOddValuesSurvive() throws {
    let values: [Float] = [
      Float(bitPattern: 0x7FC0_1234), Float(bitPattern: 0x7F80_0001), -.zero,
      .leastNonzeroMagnitude, -.infinity,
    ]
    let file = SafetensorsFile(tensors: [NamedTensor(name: "x", shape: [5], values: values)])
    let read = try SafetensorsFile(decoding: file.encoded()).floats(name: "x", shape: [5])
    #expect(read.map(\.bitPattern) == values.map(\.bitPattern))
    let doubles: [Double] = [.nan, 1.0 / 3]
    let wide = SafetensorsFile(tensors: [NamedTensor(name: "d", shape: [2], values: doubles)])
    let back = try SafetensorsFile(decoding: wide.encoded())
      .values(Double.self, name: "d", shape: [2])
    #expect(back.map(\.bitPattern) == doubles.map(\.bitPattern))
  }

  @Test func wrongExpectationsAreTold() throws {
    let file = try SafetensorsFile(decoding: Self.example.encoded(), source: "m.safetensors")
    let absent = #expect(throws: FileError.self) { try file.floats(name: "head", shape: [1]) }
    #expect(
      absent?.description
        == "m.safetensors: there is no tensor 'head'; check which model wrote it")
    let other = #expect(throws: FileError.self) { try file.floats(name: "labels", shape: [3]) }
    #expect(other?.problem == "tensor 'labels' is I32 [3], not F32 [3]")
  }

  @Test func aNameUsedTwiceIsRefused() {
    let tensor = NamedTensor(name: "x", shape: [1], values: [1] as [Float])
    #expect(throws: FileError.self) { try SafetensorsFile(tensors: [tensor, tensor]).encoded() }
    let reserved = NamedTensor(name: "__metadata__", shape: [1], values: [1] as [Float])
    #expect(throws: FileError.self) { try SafetensorsFile(tensors: [reserved]).encoded() }
  }

  @Test func absentFilesAreNamed() {
    let path = folder.file("absent.safetensors")
    let error = #expect(throws: FileError.self) { try SafetensorsFile(readingFrom: path) }
    #expect(error?.path == path)
    #expect(throws: FileError.self) { try SafetensorsFile(readingFrom: folder.path) }
  }

  /// Every cut and every flipped bit throws or yields tensors; nothing traps.
  @Test func corruptionNeverTraps() throws {
    let bytes = try Self.example.encoded()
    for length in 0..<bytes.count {
      #expect(throws: FileError.self) { try SafetensorsFile(decoding: Array(bytes[..<length])) }
    }
    #expect(throws: FileError.self) { try SafetensorsFile(decoding: bytes + [0]) }
    var survivors = 0
    for index in bytes.indices {
      for mask in [1, 2, 4, 8, 16, 32, 64, 128, 255] as [UInt8] {
        var corrupt = bytes
        corrupt[index] ^= mask
        guard let file = try? SafetensorsFile(decoding: corrupt) else { continue }
        survivors += 1
        for tensor in file.tensors { _ = try? file.floats(name: tensor.name, shape: tensor.shape) }
      }
    }
    #expect(survivors > 0)
  }
}
