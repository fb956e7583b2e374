import Compute

/// Devices by the names that users give: `auto`, `cpu`, `cpu:avx2`, `opencl`, `opencl:1`,
/// `opencl:radeon`.
///
/// A device's `DeviceDescription.identifier` is such a name.
public enum DeviceSelector {
  /// Every device of this machine, the native CPU first, and why OpenCL shows none or not all.
  public static func all() -> (devices: [DeviceDescription], problem: String?) {
    let found = OpenCLPlatforms.discover()
    let native = (try? NativeDevice().description).map { [$0] } ?? []
    return (
      native + found.devices.map(\.description), found.problem.map { "OpenCL: \($0)" }
    )
  }

  /// What a name can be, for messages.
  public static let names = "auto, cpu, cpu:INSTRUCTION-SET, opencl, opencl:INDEX or opencl:NAME"

  /// Whether a device may have that name; whether it is there, opening it tells.
  public static func isName(_ text: String) -> Bool {
    let text = text.lowercased()
    return ["auto", "cpu", "opencl"].contains(text)
      || text.hasPrefix("cpu:") || text.hasPrefix("opencl:")
  }

  /// Opens the device of that name; the note, where there is one, is for the user to read.
  ///
  /// - Parameters:
  ///   - text: the name.
  ///   - threads: of the native CPU; all processors, unless given.
  ///   - card: the first graphics card that `auto` may take: processes take one each.
  ///   - isTuned: as the user's tuning of it has it, where there is one.
  public static func open(
    _ text: String, threads: Int? = nil, card: Int = 0, isTuned: Bool = true
  ) throws -> (device: any Device, note: String?) {
    let (found, note) = try find(text, threads: threads, card: card)
    guard isTuned else { return (try found.open(), note) }
    let opened = try found.openTuned()
    let notes = [note, opened.problem].compactMap(\.self)
    return (opened.device, notes.isEmpty ? nil : notes.joined(separator: "\n"))
  }

  /// The device of that name, not opened yet.
  public static func find(
    _ text: String, threads: Int? = nil, card: Int = 0
  ) throws -> (device: FoundDevice, note: String?) {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    switch (parts.first?.lowercased(), parts.count) {
    case ("auto", 1): return best(threads: threads, from: card)
    case ("cpu", 1): return (.native(threads: threads), nil)
    case ("cpu", 2):
      return (.native(threads: threads, instructionSet: try instructionSet(parts[1])), nil)
    case ("opencl", 1): return found(try firstOpenCL(), threads: threads)
    case ("opencl", 2): return found(try openCL(String(parts[1])), threads: threads)
    default:
      throw DeviceError("device \"\(text)\": choose \(names)")
    }
  }

  /// The OpenCL device of that name, not yet opened; nil where the name is not OpenCL's.
  public static func openCL(named text: String) throws -> OpenCLDeviceInfo? {
    let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.first?.lowercased() == "opencl" else { return nil }
    return try parts.count == 1 ? firstOpenCL() : openCL(String(parts[1]))
  }

  /// The first graphics card from there on that opens, else the CPU and the reason for it.
  private static func best(
    threads: Int?, from first: Int
  ) -> (device: FoundDevice, note: String?) {
    let found = OpenCLPlatforms.discover()
    var problems = found.problem.map { [$0] } ?? []
    let cards = found.devices.filter { $0.description.kind == .gpu }
    for card in cards.dropFirst(first) {
      do {
        _ = try OpenCLDevice(card)
        return (.openCL(card), nil)
      } catch {
        problems.append("\(error)")
      }
    }
    if cards.isEmpty, !found.devices.isEmpty { problems.append("no GPU") }
    if !cards.isEmpty, first >= cards.count {
      problems.append("no GPU left of \(cards.count) for rank \(first) of this machine")
    }
    return (
      .native(threads: threads), "OpenCL: \(problems.joined(separator: "; ")); using the CPU"
    )
  }

  private static func instructionSet(_ text: Substring) throws -> String {
    let all = NativeDevice.instructionSets
    let matching = all.filter { !text.isEmpty && $0.lowercased().contains(text.lowercased()) }
    guard matching.count == 1 else {
      throw DeviceError(
        "device \"cpu:\(text)\": choose one that this processor has: "
          + all.joined(separator: ", "))
    }
    return matching[0]
  }

  private static func found(
    _ info: OpenCLDeviceInfo, threads: Int?
  ) -> (device: FoundDevice, note: String?) {
    let isCPU = info.description.kind == .cpu
    return (
      .openCL(info),
      threads != nil && isCPU
        ? "\(info.description.identifier): its driver chooses how many threads; --threads is for cpu"
        : nil
    )
  }

  private static func firstOpenCL() throws -> OpenCLDeviceInfo {
    let devices = try available("opencl")
    return devices.first { $0.description.kind == .gpu } ?? devices[0]
  }

  private static func openCL(_ wanted: String) throws -> OpenCLDeviceInfo {
    let devices = try available("opencl:\(wanted)")
    let name = wanted.lowercased()
    // A number is an index, never part of a name: every processor has digits in it.
    let matching =
      if let index = Int(wanted) {
        devices.indices.contains(index) ? [devices[index]] : []
      } else {
        devices.filter { !name.isEmpty && $0.description.name.lowercased().contains(name) }
      }
    if matching.count == 1 { return matching[0] }
    let problem = matching.isEmpty ? "no such device" : "more than one device has that name"
    let listed = (matching.isEmpty ? devices : matching).map {
      "\($0.description.identifier) \($0.description.name)"
    }
    throw DeviceError(
      "device \"opencl:\(wanted)\": \(problem); there is " + listed.joined(separator: ", "))
  }

  private static func available(_ text: String) throws -> [OpenCLDeviceInfo] {
    let found = OpenCLPlatforms.discover()
    guard !found.devices.isEmpty else {
      throw DeviceError(
        "device \"\(text)\": \(found.problem ?? "no device"); `cpu` needs no driver")
    }
    return found.devices
  }
}
