// swift-tools-version: 6.3
import PackageDescription

let package = Package(
  name: "supernet",
  products: [
    .executable(name: "supernet", targets: ["supernet"]),
    .executable(name: "benchmark", targets: ["benchmark"]),
    .library(name: "Compute", targets: ["Compute", "ComputeOpenCL", "Operators"]),
    .library(name: "Search", targets: ["Search", "Studies"]),
    .library(name: "Supernets", targets: ["Datasets", "Supernets", "Estimation", "Export"]),
    .library(name: "Laws", targets: ["Laws"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
  ],
  targets: [
    // Compute: a device allocates, copies, launches, waits and tells time.
    .target(name: "COpenCL"),
    .target(name: "NativeKernels"),
    .target(name: "Compute", dependencies: ["NativeKernels"]),
    .target(
      name: "ComputeOpenCL", dependencies: ["Compute", "COpenCL", "NativeKernels", "TensorFiles"]),

    // Processes that work on one thing.
    .target(name: "CMPI"),
    .target(name: "Ranks", dependencies: ["CMPI"]),

    .target(name: "Operators", dependencies: ["Compute", "Ranks"]),

    // Data and files.
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CPNG", pkgConfig: "libpng", providers: [.apt(["libpng-dev"])]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .target(name: "TensorFiles"),
    .target(name: "Datasets", dependencies: ["CPNG", "CTurboJPEG", "CZlib", "TensorFiles"]),
    .target(
      name: "Events",
      dependencies: [
        "TensorFiles", .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ], exclude: ["events.proto"]),

    // Spaces, supernets, and where they meet.
    .target(name: "Search"),
    .target(
      name: "Studies",
      dependencies: ["Search", "TensorFiles", .product(name: "GRDB", package: "GRDB.swift")]),
    .target(
      name: "Supernets",
      dependencies: ["Operators", "Datasets", "Ranks", "Search", "TensorFiles", "Yams"]),
    .target(name: "Estimation", dependencies: ["Ranks", "Studies", "Supernets", "TensorFiles"]),
    .target(
      name: "Export",
      dependencies: ["Estimation", .product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["ONNX/onnx.proto"]),
    .target(name: "Laws", dependencies: ["Export", "Ranks"]),

    // What a terminal shows: the two programs'.
    .target(name: "Terminal"),
    .target(name: "Charts", dependencies: ["Terminal"]),

    .executableTarget(
      name: "supernet",
      dependencies: [
        "Charts", "ComputeOpenCL", "Events", "Laws", "Ranks", "Terminal",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ]),
    .executableTarget(
      name: "benchmark",
      dependencies: [
        "ComputeOpenCL", "Estimation", "Laws", "Ranks", "Terminal",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "tools/benchmark"),

    .testTarget(name: "ComputeTests", dependencies: ["ComputeOpenCL", "Laws"]),
    .testTarget(name: "RanksTests", dependencies: ["Laws", "Ranks"]),
    .testTarget(name: "DatasetsTests", dependencies: ["Datasets"]),
    .testTarget(name: "TensorFilesTests", dependencies: ["TensorFiles"]),
    .testTarget(name: "SearchTests", dependencies: ["Laws"]),
    .testTarget(name: "EstimationTests", dependencies: ["Laws"]),
    .testTarget(name: "ExportTests", dependencies: ["Laws"]),
    .testTarget(
      name: "StudiesTests",
      dependencies: ["Studies", "Laws", .product(name: "GRDB", package: "GRDB.swift")]),
    .testTarget(
      name: "SupernetsTests", dependencies: ["ComputeOpenCL", "Laws", "Ranks"], exclude: ["Golden"]),
    .testTarget(name: "DocumentationTests", dependencies: ["Laws"]),
    .testTarget(name: "ChartsTests", dependencies: ["Charts"]),
    .testTarget(
      name: "CommandLineTests",
      dependencies: ["supernet", "benchmark", "ComputeOpenCL", "Events", "Laws"],
      exclude: ["faulty_driver.c"]),
    // Every reader of files, from a corpus of them; `tools/fuzz` drives the same.
    .testTarget(
      name: "FuzzTests",
      dependencies: [
        "ComputeOpenCL", "Laws", "Studies", "supernet",
        .product(name: "GRDB", package: "GRDB.swift"),
      ], exclude: ["Corpora"]),
  ],
  swiftLanguageModes: [.v6],
  cLanguageStandard: .c17,
  cxxLanguageStandard: .cxx20
)
