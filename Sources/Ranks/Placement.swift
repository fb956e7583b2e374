#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where a rank is among those of its host.
public struct Placement: Sendable, Equatable {
  /// How many ranks of the host come before it.
  public var localRank: Int
  /// How many may use the very processors that it may use, itself included.
  public var sharers: Int

  /// - Parameters:
  ///   - localRank: how many ranks of the host come before it.
  ///   - sharers: how many use its processors.
  public init(localRank: Int = 0, sharers: Int = 1) {
    (self.localRank, self.sharers) = (localRank, sharers)
  }

  /// All ranks tell each other where they are.
  init(among ranks: any Communicator) {
    guard !ranks.isAlone else {
      self.init()
      return
    }
    let (host, processors) = (Self.host, Self.processors)
    let all = ranks.gathered(host + processors)
    let places = (0..<ranks.size).map { rank in
      all[rank * (all.count / ranks.size)..<(rank + 1) * (all.count / ranks.size)]
    }
    self.init(
      localRank: places[..<ranks.rank].count { $0.prefix(host.count).elementsEqual(host) },
      sharers: places.count { $0.elementsEqual(host + processors) })
  }

  /// Of `processors` that this rank may use, its share.
  public func share(of processors: Int) -> Int { max(1, processors / sharers) }

  /// The machine's name, always as long.
  private static var host: [UInt8] {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return name.map(UInt8.init(bitPattern:))
  }

  /// Which processors this process may use, as Linux writes it, always as long; nothing where the
  /// system does not say.
  private static var processors: [UInt8] {
    var text = [UInt8](repeating: 0, count: 512)
    guard let file = fopen("/proc/self/status", "r") else { return text }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 4096)
    while fgets(&line, Int32(line.count), file) != nil {
      let bytes = line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
      guard bytes.starts(with: "Cpus_allowed_list:".utf8) else { continue }
      text.replaceSubrange(0..<min(bytes.count, text.count), with: bytes.prefix(text.count))
      break
    }
    return text
  }
}
