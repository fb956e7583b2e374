/// What is said, as numbers.
extension Communicator {
  /// Each rank's values, as many of every one, one rank after the other.
  public func gathered<Value: BitwiseCopyable>(_ values: [Value]) -> [Value] {
    received(size * values.count) { all in values.withUnsafeBytes { gather($0, into: all) } }
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

  /// Adds up what all ranks have, number by number, in the order of ranks: the same bits on each of
  /// them and in every run, however long messages take.
  ///
  /// Each rank adds up one part of the numbers and hands it round, so it sends and receives twice
  /// what the numbers are, however many ranks there are. MPI's own sum only recommends an order.
  public func sum(_ values: inout [Float]) {
    guard !isAlone else { return }
    let (count, part) = (values.count, (values.count + size - 1) / size)
    values.append(contentsOf: repeatElement(0, count: size * part - count))
    let mine: [Float] = received(values.count) { all in
      values.withUnsafeBytes { exchange($0, into: all) }
    }
    values = gathered(added(mine, part: part))
    values.removeLast(values.count - count)
  }

  /// The sum of parts, the first ones first.
  private func added(_ parts: [Float], part: Int) -> [Float] {
    var sum = Array(parts[..<part])
    parts.withUnsafeBufferPointer { parts in
      sum.withUnsafeMutableBufferPointer { sum in
        for start in stride(from: part, to: parts.count, by: part) {
          for i in 0..<part { sum[i] += parts[start + i] }
        }
      }
    }
    return sum
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
