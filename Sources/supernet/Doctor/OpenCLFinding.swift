import ComputeOpenCL

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The way from a program to a GPU: the loader, files that name drivers, drivers, devices.
enum OpenCLFindings {
  /// Libraries of drivers, and where systems keep them.
  private static let drivers = [
    "libnvidia-opencl.so.1", "libamdocl64.so", "libigdrcl.so", "libpocl.so.2",
    "libRusticlOpenCL.so.1",
  ]
  private static let libraryFolders = [
    "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib",
    "/usr/local/lib", "/opt/rocm/lib", "/usr/lib/wsl/lib",
    "/usr/lib/x86_64-linux-gnu/intel-opencl",
  ]

  static var all: [Finding] {
    // The loader opens the drivers; what it has opened is asked for below.
    let found = OpenCLPlatforms.discover()
    guard OpenCLPlatforms.hasLoader else {
      return [
        Finding(
          "OpenCL", .lacking, found.problem ?? "no loader",
          advice: "for GPUs: apt-get install ocl-icd-libopencl1, and the GPU's driver")
      ]
    }
    var findings = [Finding("OpenCL", "the loader, libOpenCL.so.1")]
    findings += vendorFiles() + graphicsCards(isServed: found.devices.contains { $0.isGPU })
    if let problem = found.problem { findings.append(Finding("drivers", .lacking, problem)) }
    return findings
  }

  /// The files that name drivers to the loader, and drivers that none of them names.
  private static func vendorFiles() -> [Finding] {
    let folder =
      SystemFile.environment("OCL_ICD_VENDORS") ?? SystemFile.environment("OPENCL_VENDOR_PATH")
      ?? "/etc/OpenCL/vendors"
    var named: [String] = []
    var findings = SystemFile.names(in: folder).filter { $0.hasSuffix(".icd") }.map { name in
      let library = (SystemFile.text("\(folder)/\(name)") ?? "").split(separator: "\n").first
        .map { String($0.filter { !$0.isWhitespace }) }
      guard let library, !library.isEmpty else {
        return Finding(
          "drivers", .lacking, "\(folder)/\(name): names no library",
          advice: "its one line is to be the driver's library, such as libpocl.so.2")
      }
      named.append(library)
      // Only asked for: the loader has opened what can be opened.
      let isOpen = dlopen(library, RTLD_LAZY | RTLD_NOLOAD) != nil
      return isOpen
        ? Finding("drivers", "\(folder)/\(name): \(library)")
        : Finding(
          "drivers", .lacking, "\(folder)/\(name): \(library) does not open",
          advice: "install the driver again, or remove the file")
    }
    for path in libraryFolders.flatMap({ folder in drivers.map { "\(folder)/\($0)" } })
    where SystemFile.exists(path) {
      let library = path.split(separator: "/").last.map(String.init) ?? path
      // `libpocl.so.2.10.0` and `libpocl.so.2` are one.
      guard !named.contains(where: { $0.contains(library) }) else { continue }
      named.append(library)
      findings.append(
        Finding(
          "drivers", .lacking, "\(path): a driver that no file in \(folder) names",
          advice: "echo \(library) > FOLDER/driver.icd, and set OCL_ICD_VENDORS=FOLDER"))
    }
    guard findings.isEmpty else { return findings }
    return [
      Finding(
        "drivers", .lacking, "no .icd file in \(folder)",
        advice: "install the GPU's OpenCL driver, or pocl-opencl-icd for OpenCL on the CPU")
    ]
  }

  /// Cards that the system shows, and whether this user may use them.
  private static func graphicsCards(isServed: Bool) -> [Finding] {
    let nodes =
      SystemFile.names(in: "/dev/dri").filter { $0.hasPrefix("renderD") }.map { "/dev/dri/\($0)" }
      + ["/dev/nvidia0", "/dev/kfd"].filter(SystemFile.exists)
    let closed = nodes.filter { !SystemFile.isWritable($0) }
    if !closed.isEmpty {
      return [
        Finding(
          "GPU", .lacking, "\(closed.joined(separator: ", ")): not open to this user",
          advice: "usermod -aG render,video USER, then log in again")
      ]
    }
    switch (nodes.isEmpty, isServed) {
    case (_, true):
      return [Finding("GPU", nodes.isEmpty ? "shown by OpenCL" : nodes.joined(separator: ", "))]
    case (true, false):
      return [Finding("GPU", .lacking, "none", advice: "the CPU does all of it, more slowly")]
    case (false, false):
      return [
        Finding(
          "GPU", .lacking, "\(nodes.joined(separator: ", ")), but OpenCL shows no GPU",
          advice: "install its vendor's OpenCL driver")
      ]
    }
  }
}

extension OpenCLDeviceInfo {
  fileprivate var isGPU: Bool { description.kind == .gpu }
}
