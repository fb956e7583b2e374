// swift-tools-version: 6.3
import PackageDescription

let package = Package(
  name: "examples",
  dependencies: [.package(name: "supernet", path: "../..")],
  targets: [
    .executableTarget(name: "OwnImages", dependencies: [.compute, .supernets]),
    .executableTarget(name: "OwnSpace", dependencies: [.compute, .supernets, .laws]),
    .executableTarget(name: "OwnStrategy", dependencies: [.search, .supernets, .laws]),
    .executableTarget(
      name: "OwnOperator", dependencies: [.compute, .supernets, .laws, "OwnOperatorKernels"]),
    .target(name: "OwnOperatorKernels", dependencies: [.compute]),
    .executableTarget(name: "Timing", dependencies: [.compute, .supernets]),
  ],
  cxxLanguageStandard: .cxx20
)

extension Target.Dependency {
  static let compute = product(name: "Compute", package: "supernet")
  static let search = product(name: "Search", package: "supernet")
  static let supernets = product(name: "Supernets", package: "supernet")
  static let laws = product(name: "Laws", package: "supernet")
}
