import Datasets
import Events
import Foundation
import Testing

/// What TensorBoard is shown.
@Suite struct EventTests {
  private func folder() throws -> URL {
    let folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("supernet-events-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder
  }

  @Test func theReaderKnowsTheChecksum() {
    // RFC 3720, B.4, and the check value of every list of such sums.
    #expect(EventReader.castagnoli([UInt8](repeating: 0, count: 32)) == 0x8A91_36AA)
    #expect(EventReader.castagnoli("123456789".utf8) == 0xE306_9283)
  }

  @Test func whatIsToldIsRead() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = try EventFile(in: folder.path, from: 0)
    let finite: [Float] = (0..<1000).map { Float($0 * $0) / 1000 - 17 }
    let values = finite + [.nan, .infinity]
    let histogram = try #require(Histogram(values))
    let raster = Raster(
      width: 4, height: 3, channels: 3, bytes: (0..<4 * 3 * 3).map { UInt8(7 * $0) })
    let picture = Picture(width: 4, height: 3, channels: 3, png: try PNGFile.encode(raster))
    try file.add(
      [
        ("loss/largest", .scalar(2.5)), ("weights/stem", .histogram(histogram)),
        ("images", .image(picture)),
      ], step: 20)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
    try file.save()
    try file.save()

    let events = try EventReader.events(of: URL(fileURLWithPath: file.path))
    #expect(events.count == 3 && events[0].fileVersion == "brain.Event:2")
    #expect(events[1].sessionLog.status == .start && events[1].step == 0)
    let told = events[2]
    #expect(told.step == 20 && abs(told.wallTime - Date.now.timeIntervalSince1970) < 60)
    #expect(told.summary.value.map(\.tag) == ["loss/largest", "weights/stem", "images"])
    #expect(told.summary.value[0].simpleValue == 2.5)
    let histo = told.summary.value[1].histo
    #expect(histo.num == 1000 && histo.bucket.reduce(0, +) == 1000)
    #expect(histo.min == -17 && histo.max == Double(values[999]))
    #expect(abs(histo.sum - values.prefix(1000).reduce(0) { $0 + Double($1) }) < 1e-6)
    let edges = [histo.min] + histo.bucketLimit
    for (bucket, count) in histo.bucket.enumerated() {
      let isLast = bucket == histo.bucket.count - 1
      let inside = values.prefix(1000).count {
        Double($0) >= edges[bucket] && (Double($0) < edges[bucket + 1] || isLast)
      }
      // A number that lies on an edge may be on either side of it.
      #expect(abs(Double(inside) - count) <= 1, "bucket \(bucket)")
    }
    let image = told.summary.value[2].image
    #expect(image.width == 4 && image.height == 3 && image.colorspace == 3)
    let decoded = try ImageFile.decode(Array(image.encodedImageString), name: "image", channels: 3)
    #expect(decoded == raster)
  }

  @Test func numbersWithoutSpreadAreOneBucket() throws {
    #expect(Histogram([Float]()) == nil && Histogram([Float.nan]) == nil)
    let zeros = try #require(Histogram([Float](repeating: 0, count: 9)))
    #expect(zeros.buckets == [9] && zeros.limits == [0])
  }

  /// Cut anywhere, a file has the records that are whole; a changed bit is seen.
  @Test func aTornTailIsPassedBy() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = try EventFile(in: folder.path, from: 0)
    for step in 1...3 { try file.add([("loss", .scalar(Double(step)))], step: step) }
    try file.save()
    let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: file.path)))
    let whole = try EventReader.records(of: bytes)
    #expect(whole.count == 5)
    var ends = [0]
    for record in whole { ends.append(ends[ends.count - 1] + record.count + 16) }
    for cut in 0...bytes.count {
      let read = try EventReader.records(of: Array(bytes.prefix(cut)))
      #expect(read == Array(whole.prefix(ends.count { $0 <= cut } - 1)), "cut at \(cut)")
    }
    for at in bytes.indices {
      var changed = bytes
      changed[at] ^= 1 << (at % 8)
      #expect(throws: EventReader.Damage.self) { try EventReader.records(of: changed) }
    }
  }

  @Test func filesCountInTheOrderTheyWereBegunIn() throws {
    let folder = try folder()
    defer { try? FileManager.default.removeItem(at: folder) }
    var names: [String] = []
    for start in [0, 21, 11] {
      let file = try EventFile(in: folder.path, from: start)
      for step in [start + 1, start + 10] { try file.add([("loss", .scalar(0.5))], step: step) }
      try file.save()
      names.append(file.path)
    }
    #expect(names == names.sorted() && Set(names).count == 3)
    #expect(try EventReader.events(in: folder).map(\.step) == [1, 10, 12, 21])
    #expect(throws: (any Error).self) { try EventFile(in: folder.path + "/none", from: 0) }
  }

  @Test func aTrainingTellsItsCurveAndItsWeights() throws {
    let workspace = try TrainedRun.finished().workspace
    let folder = workspace.url("runs/tiny/events")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
    #expect(names.count == 1 && names.allSatisfy { $0.hasPrefix("events.out.tfevents.1") })
    try expectCurve(workspace)
    let events = try EventReader.events(in: folder)
    let values = events.flatMap { event in event.summary.value.map { (event.step, $0) } }
    #expect(values.filter { $0.1.tag == "training images" }.map(\.0) == [0])
    for kind in ["weights", "gradients"] {
      let histograms = values.filter { $0.1.tag.hasPrefix("\(kind)/") }
      #expect(histograms.contains { $0.1.tag == "\(kind)/stem.conv.weight" })
      // 1 epoch of 18 steps.
      #expect(histograms.allSatisfy { $0.0 == 18 && $0.1.histo.num > 0 })
    }
  }
}

/// Fails unless TensorBoard is shown what `training.csv` has, each number once.
func expectCurve(_ workspace: Workspace, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let lines = try workspace.text("runs/tiny/training.csv").split(separator: "\n").map {
    $0.split(separator: ",", omittingEmptySubsequences: false)
  }
  var expected: [String: [Int: Float]] = [:]
  for row in lines.dropFirst() {
    for (column, field) in zip(lines[0], row).dropFirst(2) where !field.isEmpty {
      let tag =
        ["learning_rate", "images_per_second"].contains(column)
        ? String(column) : String(column).replacing("_", with: "/", maxReplacements: 1)
      expected[tag, default: [:]][Int(row[0]) ?? -1] = Float(Double(field) ?? .nan)
    }
  }
  let found = try EventReader.scalars(in: workspace.url("runs/tiny/events"))
  #expect(found == expected, sourceLocation: sourceLocation)
}
