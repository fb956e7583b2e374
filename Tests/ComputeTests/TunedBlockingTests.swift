import Compute
import Laws
import Operators
import Testing

@Suite struct TunedBlockingTests {
  private static let settings = [
    ["block-rows": 1, "column-groups": 1, "items-per-unit": 1, "band-rows": 1, "tile-width": 4],
    ["block-rows": 8, "column-groups": 2, "items-per-unit": 3, "band-rows": 2, "tile-width": 8],
    [
      "block-rows": 4096, "column-groups": 4096, "items-per-unit": 4096, "band-rows": 4096,
      "tile-width": 4096,
    ],
  ]

  /// One choice for all work that the laws' cases do.
  private func tuning(_ settings: [String: Int]) -> Tuning {
    var tuning = Tuning()
    let powers = (0...12).map { 1 << $0 }
    let matrix = ["convolution", "convolution-input", "convolution-backward"]
    for operation in matrix + ["depthwise", "depthwise-backward"] {
      let depths = matrix.contains(operation) ? powers : Array(1...50)
      for rows in powers {
        for columns in powers.prefix(9) {
          for depth in depths {
            for kernel in [1, 2, 3, 5, 7] {
              for stride in 1...2 {
                let work = WorkBucket(
                  operation, rows: rows, columns: columns, depth: depth, kernel: kernel,
                  stride: stride)
                tuning.choices[work] = Tuning.Choice(settings)
              }
            }
          }
        }
      }
    }
    return tuning
  }

  /// Extreme choices change speed and rounding, nothing else.
  @Test(arguments: settings)
  func operatorsHoldTheirLawsUnderAnyChoice(_ settings: [String: Int]) throws {
    let device = try NativeDevice(threads: 2)
    device.tuning = tuning(settings)
    let names = ["Convolution", "Linear", "fused chain"]
    let cases = OperatorLaws.quickCases.filter { name, _ in names.contains { name.contains($0) } }
    #expect(cases.count > 30)
    for (name, testCase) in cases {
      let violations = try OperatorLaws.violations(of: name, testCase, on: device)
      #expect(violations.isEmpty, "\(violations)")
    }
  }

  @Test func choicesAreHonoured() throws {
    let device = try NativeDevice(threads: 2)
    for (convolution, weights, setting) in [
      (Convolution(), [1, 1, 24, 40], "block-rows"),
      (Convolution(), [1, 1, 24, 40], "items-per-unit"),
      (.same(kernel: 3, groups: 24), [3, 3, 1, 24], "band-rows"),
      (.same(kernel: 3, groups: 24), [3, 3, 1, 24], "items-per-unit"),
    ] {
      // Depthwise inference has no bands.
      let passes = [ConvolutionWork.Pass.training, .backward]
      for pass in passes + (setting == "band-rows" ? [] : [.inference]) {
        let work = ConvolutionWork(
          convolution, x: [16, 28, 28, 24], w: Shape(weights), activation: .relu,
          readsImages: false,
          pass: pass)
        let buckets = try work.buckets(on: device)
        #expect(buckets.count == 1)
        let plain = try work.launches(on: device, Tuning())
        let choices = buckets.map { ($0, Tuning.Choice([setting: 4])) }
        let tuned = try work.launches(
          on: device, Tuning(choices: Dictionary(uniqueKeysWithValues: choices)))
        #expect(tuned != plain, "\(setting) of \(buckets)")
        let unknown = buckets.map { ($0, Tuning.Choice(["no-such-setting": 2])) }
        #expect(
          try work.launches(
            on: device, Tuning(choices: Dictionary(uniqueKeysWithValues: unknown))) == plain)
      }
    }
  }

  @Test func sizesAreRoundedUpToPowersOfTwo() {
    #expect([1, 2, 3, 4, 5, 1024, 1025].map(WorkBucket.rounded) == [1, 2, 4, 4, 8, 1024, 2048])
  }
}
