/// What is said, as numbers.
extension Communicator {
  /// Each rank's values, as many of every one, one rank after the other.
  public func gathered<Value: BitwiseCopyable>(_ values: [Value]) -> [Value] {
    received(size * values.count) { all in values.withUnsafeBytes { gather($0, into: all) } }
  }

  /// Each rank's message, of whatever length.
  public func gatheredMessages(_ message: [UInt8]) -> [[UInt8]] {
    let counts = gathered([message.count])
    let longest = counts.max() ?? 0
    let all = gathered(message + [UInt8](repeating: 0, count: longest - message.count))
    return counts.enumerated().map { rank, count in
      Array(all[rank * longest..<rank * longest + count])
    }
  }

  /// Rank 0's values.
  public func broadcast<Value: BitwiseCopyable>(_ values: inout [Value]) {
    values.withUnsafeMutableBytes { broadcast($0) }
  }

  /// Rank 0's value.
  public func broadcast<Value: BitwiseCopyable>(_ value: Value) -> Value {
    var value = value
    withUnsafeMutableBytes(of: &value) { broadcast($0) }
    return value
  }

  private func received<Value: BitwiseCopyable>(
    _ count: Int, _ fill: (UnsafeMutableRawBufferPointer) -> Void
  ) -> [Value] {
    [Value](unsafeUninitializedCapacity: count) { buffer, initialized in
      fill(UnsafeMutableRawBufferPointer(buffer))
      initialized = count
    }
  }
}
