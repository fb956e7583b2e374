import Estimation
import Terminal

/// One line of a table: what was measured, as far as it applies.
struct Row: Encodable {
  var group = ""
  var name = ""
  var medianSeconds: Double
  var leastSeconds: Double
  var rounds: Int
  /// What the measured ceilings allow, and that time over the median.
  var floorSeconds: Double?
  var fractionOfCeiling: Double?
  var gigaflopsPerSecond: Double?
  var gigabytesPerSecond: Double?
  var imagesPerSecond: Double?
  var millisecondsPerImage: Double?
  var candidatesPerMinute: Double?
  /// Against the same work on one thread.
  var speedUp: Double?
  /// Of this process on the host, the program itself included.
  var peakResidentBytes: Int?
  var detail: String?

  init(_ timing: Samples) {
    medianSeconds = timing.median
    leastSeconds = timing.least
    rounds = timing.seconds.count
  }

  /// Work of known arithmetic and traffic, beside what the ceilings allow for it.
  init(_ timing: Samples, flops: Double, bytes: Double, ceilings: Ceilings) {
    self.init(timing)
    let floor = ceilings.floor(flops: flops, bytes: bytes)
    floorSeconds = floor
    fractionOfCeiling = floor / medianSeconds
    if flops > 0 { gigaflopsPerSecond = flops / medianSeconds * 1e-9 }
    gigabytesPerSecond = bytes / medianSeconds * 1e-9
  }

  private typealias Column = (title: String, text: @Sendable (Row) -> String?)

  private static let columns: [Column] = [
    ("", { $0.name }),
    ("median", { milliseconds($0.medianSeconds) }),
    ("least", { milliseconds($0.leastSeconds) }),
    ("floor", { $0.floorSeconds.map(milliseconds) }),
    ("of ceiling", { $0.fractionOfCeiling.map { Readable.fixed($0, 2) } }),
    ("GFLOP/s", { $0.gigaflopsPerSecond.map { Readable.fixed($0, 1) } }),
    ("GB/s", { $0.gigabytesPerSecond.map { Readable.fixed($0, 1) } }),
    ("images/s", { $0.imagesPerSecond.map { Readable.fixed($0, $0 < 100 ? 1 : 0) } }),
    ("ms/image", { $0.millisecondsPerImage.map { Readable.fixed($0, 3) } }),
    ("per minute", { $0.candidatesPerMinute.map { Readable.fixed($0, 1) } }),
    ("speed-up", { $0.speedUp.map { Readable.fixed($0, 2) } }),
    ("peak MiB", { $0.peakResidentBytes.map { "\($0 >> 20)" } }),
    ("", { $0.detail }),
  ]

  private static func milliseconds(_ seconds: Double) -> String {
    Readable.fixed(seconds * 1e3, seconds < 0.1 ? 3 : 1) + " ms"
  }

  /// Rows as text, without the columns that say nothing.
  static func table(_ rows: [Row]) -> String {
    let used = columns.filter { column in rows.contains { column.text($0) != nil } }
    var table = Table(used.map(\.title))
    table.rows = rows.map { row in used.map { $0.text(row) ?? "" } }
    return table.text
  }
}
