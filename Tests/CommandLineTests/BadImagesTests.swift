import Foundation
import Testing

/// Image files that are damaged, absent, or of something else.
@Suite struct BadImagesTests {
  private static let files = ["train-images-idx3", "train-labels-idx1", "t10k-images-idx3"]

  enum Damage: String, CaseIterable {
    case absent = "there is no such file"
    case empty = "is truncated: 0 bytes"
    case truncated = "is truncated: "
    case longer = "goes on after its last item"
    case otherType = "is no IDX file of bytes"

    func apply(to name: String, in workspace: Workspace) throws {
      switch self {
      case .absent: try workspace.remove(name)
      case .empty: try workspace.write(name, Data())
      case .truncated: try workspace.edit(name) { $0.removeLast(10) }
      case .longer: try workspace.edit(name) { $0.append(0) }
      case .otherType: try workspace.edit(name) { $0[2] = 9 }
      }
    }
  }

  @Test(arguments: files, Damage.allCases)
  func isToldWithItsFile(_ file: String, _ damage: Damage) throws {
    let workspace = try Workspace()
    try damage.apply(to: "images/\(file)-ubyte", in: workspace)
    let outcome = try workspace.supernet("train", "run.yaml")
    expectOneLine(outcome, "images/\(file)-ubyte: \(damage.rawValue)")
    #expect(!workspace.exists("runs"))
  }

  @Test func labelsOutsideTheClassesAreTold() throws {
    let workspace = try Workspace()
    try workspace.edit("images/t10k-labels-idx1-ubyte") { $0[20] = 99 }
    expectOneLine(
      try workspace.supernet("train", "run.yaml"),
      "images/t10k-labels-idx1-ubyte: label 12 is 99, outside 0..<10")
    try workspace.edit("images/train-labels-idx1-ubyte") { $0[20] = 99 }
    expectOneLine(try workspace.supernet("train", "run.yaml"), "100 classes, space tiny takes")
  }

  @Test func tooFewImagesAreTold() throws {
    let workspace = try Workspace()
    try TinyImages.write(to: workspace.url("images"), training: 3, test: 1)
    expectOneLine(try workspace.supernet("train", "run.yaml"), "3 training and 1 test images")
    try TinyImages.write(to: workspace.url("images"), training: 9, test: 1)
    expectOneLine(try workspace.supernet("train", "run.yaml"), "7 images fill no batch of 8")
    #expect(!workspace.exists("runs"))
  }

  @Test func aSpaceOfOtherChannelsIsTold() throws {
    let workspace = try Workspace()
    try workspace.write(
      "space.yaml", TinyRun.space.replacing("channels: 1", with: "channels: 3"))
    expectOneLine(try workspace.supernet("train", "run.yaml"), "space tiny takes 3")
  }
}
