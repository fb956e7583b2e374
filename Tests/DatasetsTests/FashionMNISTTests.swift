import Datasets
import Glibc
import Testing

@Suite struct FashionMNISTTests {
  private static let isThere = access(FashionMNIST.defaultFolder, F_OK) == 0

  @Test(.enabled(if: isThere, "Fashion-MNIST is not installed"))
  func hasSevenThousandOfEach() throws {
    let (train, test) = try FashionMNIST.load()
    #expect([train.count, train.height, train.width, train.channels] == [60_000, 28, 28, 1])
    #expect(test.count == 10_000)
    for label in 0..<10 as Range<Int32> {
      #expect(train.labels.count { $0 == label } == 6_000)
      #expect(test.labels.count { $0 == label } == 1_000)
    }
    // As known from the field.
    let statistics = try PixelStatistics(of: train)
    #expect(abs(statistics.mean[0] - 0.2860) < 1e-4)
    #expect(abs(statistics.standardDeviation[0] - 0.3530) < 1e-4)
  }
}
