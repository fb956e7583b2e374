import Estimation
import Testing

@Suite struct CostMetricTests {
  @Test func devicesAndBatchesAreRead() throws {
    let one = try #require(CostMetric.OnDevice("latency.cpu"))
    #expect(one.quantity == .latency && one.device == "cpu" && one.batch == 1)
    let many = try #require(CostMetric.OnDevice("energy.opencl:0@16"))
    #expect(many.quantity == .energy && many.device == "opencl:0" && many.batch == 16)
    for metric in ["top1", "latency", "speed.cpu", "latency.cpu@0", "latency.cpu@x"] {
      #expect(CostMetric.OnDevice(metric) == nil, "\(metric)")
    }
    for batch in [1, 8] {
      let name = CostMetric.latency(on: "opencl:1", batch: batch)
      #expect(CostMetric.OnDevice(name)?.batch == batch && CostMetric.contains(name))
    }
    #expect(CostMetric.counted.allSatisfy(CostMetric.contains) && !CostMetric.contains("top1"))
  }
}
