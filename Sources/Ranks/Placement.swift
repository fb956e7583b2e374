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
    let hosts = ranks.gatheredMessages(Array(Self.host.utf8))
    let processors = ranks.gatheredMessages(Self.processors)
    let rank = ranks.rank
    self.init(
      localRank: hosts[..<rank].count { $0 == hosts[rank] },
      sharers: zip(hosts, processors).count { $0 == (hosts[rank], processors[rank]) })
  }

  /// Of `processors` that this rank may use, its share.
  public func share(of processors: Int) -> Int { max(1, processors / sharers) }

  /// The machine's name.
  public static var host: String {
    var name = [CChar](repeating: 0, count: 256)
    gethostname(&name, name.count - 1)
    return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// Which processors this process may use, as Linux writes it; nothing where the system does not say.
  private static var processors: [UInt8] {
    guard let file = fopen("/proc/self/status", "r") else { return [] }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 4096)
    while fgets(&line, Int32(line.count), file) != nil {
      let bytes = line.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
      if bytes.starts(with: "Cpus_allowed_list:".utf8) { return bytes }
    }
    return []
  }
}
