import Operators

/// Several pieces of work timed by turns, so that a change in the machine's load meets all of them.
struct Turns {
  struct Work {
    let device: any Device
    let run: () throws -> Void
  }

  /// A turn repeats its work until it is this long: short kernels alone would be timed with the
  /// waking of threads.
  var length = Duration.milliseconds(2)
  let isOver: () -> Bool

  /// Seconds of one run of each piece, for every round; nil once `isOver`.
  func times(_ works: [Work], rounds: Int) throws -> [[Double]]? {
    var counts: [Int] = []
    for work in works {
      try work.run()
      let once = try min(work.device.time(work.run), work.device.time(work.run))
      counts.append(max(1, min(1000, Int((length / max(once, .nanoseconds(1))).rounded()))))
      if isOver() { return nil }
    }
    var times = [[Double]](repeating: [], count: works.count)
    for _ in 0..<rounds {
      for (index, work) in works.enumerated() {
        let count = counts[index]
        let time = try work.device.time { for _ in 0..<count { try work.run() } }
        times[index].append(time.seconds / Double(count))
        if isOver() { return nil }
      }
    }
    return times
  }

  static func median(_ values: [Double]) -> Double { Samples(seconds: values).median }

  /// Whether the second is faster than the first by 3 % and beyond the noise: in all rounds but a
  /// fifth too.
  static func isFaster(_ first: [Double], _ second: [Double]) -> Bool {
    let wins = zip(first, second).count { $1 < $0 }
    return median(second) < 0.97 * median(first) && wins * 5 >= first.count * 4
  }
}
