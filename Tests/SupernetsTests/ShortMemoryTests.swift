import Compute
import Export
import Laws
import Testing

@Suite struct ShortMemoryTests {
  /// What two steps leave: the parameters, the loss of the last, and the parts of each one's batch.
  private struct Trained {
    var parameters: [UInt32]
    var loss: Double
    var parts: [Int]
    var heldBytes: Int
  }

  /// Nil where memory was refused; the trainer then stands where it stood before.
  private func trained(memoryLimit: Int = Host.memoryBytes, parts: Int = 1) throws -> Trained? {
    let device = try NativeDevice(threads: 1, memoryLimit: memoryLimit)
    do {
      let trainer = try TrainingLaws.trainer(TrainingLaws.tinySpace(), on: device, parts: parts)
      var before = try device.read(trainer.supernet.parameters)
      do {
        _ = try trainer.runStep()
        let first = trainer.parts
        before = try device.read(trainer.supernet.parameters)
        let losses = try #require(try trainer.runStep(reportingLosses: true))
        #expect(device.heldBytes <= memoryLimit)
        return Trained(
          parameters: try device.read(trainer.supernet.parameters).map(\.bitPattern),
          loss: losses.largest, parts: [first, trainer.parts], heldBytes: device.heldBytes)
      } catch let error as DeviceError where error.cause == .shortOfMemory {
        #expect(try device.read(trainer.supernet.parameters) == before)
        return nil
      }
    } catch let error as DeviceError where error.cause == .shortOfMemory {
      return nil
    }
  }

  /// Wherever in its first steps a device refuses memory: the training ends as one that took its
  /// batches in so many parts from the start, or it says why it cannot.
  @Test func everyRefusalIsSurvivedOrTold() throws {
    let whole = try #require(try trained())
    #expect(whole.parts == [1, 1])
    var (refused, ended): (Int, [[Int]: Int]) = (0, [:])
    for share in 1...80 {
      guard let short = try trained(memoryLimit: whole.heldBytes * share / 80) else {
        refused += 1
        continue
      }
      ended[short.parts, default: 0] += 1
      #expect(abs(short.loss - whole.loss) < 0.1 * whole.loss)
      guard short.parts[0] == short.parts[1] else { continue }
      let planned = try #require(try trained(parts: short.parts[0]))
      #expect(short.parameters == planned.parameters, "\(share) of 80, \(short.parts) parts")
    }
    print("memory: refused at \(refused) limits of 80; parts of batches at the others: \(ended)")
    #expect(refused > 0 && ended.count > 2)
  }
}
