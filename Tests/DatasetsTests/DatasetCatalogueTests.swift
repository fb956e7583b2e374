import Datasets
import Testing

@Suite struct DatasetCatalogueTests {
  @Test func namesAreUniqueAndFound() throws {
    let names = DatasetCatalogue.entries.map(\.name)
    #expect(
      names == [
        "fashion-mnist", "idx", "cifar10", "cifar100", "npy", "image-folder", "drawn-shapes",
      ])
    for name in names { #expect(try DatasetCatalogue.entry(named: name).name == name) }
    let error = #expect(throws: DatasetError.self) { try DatasetCatalogue.entry(named: "cifar") }
    #expect(
      error?.description == "cifar: there is no data set of that name; "
        + "choose one of fashion-mnist, idx, cifar10, cifar100, npy, image-folder, drawn-shapes")
  }

  @Test func entriesLoad() throws {
    let folder = TemporaryFolder()
    IDXBytes.writeSet(to: folder)
    #expect(
      try DatasetCatalogue.entry(named: "idx").load(DatasetRequest(path: folder.path)).train.count
        == 3)
    #expect(
      try DatasetCatalogue.entry(named: "fashion-mnist").load(DatasetRequest(path: folder.path))
        .test.count == 1)
    #expect(throws: DatasetError.self) {
      try DatasetCatalogue.entry(named: "idx").load(DatasetRequest())
    }
    #expect(throws: DatasetError.self) {
      try DatasetCatalogue.entry(named: "drawn-shapes").load(DatasetRequest(path: folder.path))
    }
  }

  @Test func theChoiceIsExplained() {
    let folder = TemporaryFolder()
    let found = DatasetCatalogue.automatic(fashionFolder: folder.path)
    #expect(found.entry.name == "fashion-mnist")
    #expect(found.path == folder.path)
    #expect(found.reason == "Using Fashion-MNIST from \(folder.path).")
    let absent = DatasetCatalogue.automatic(fashionFolder: "/absent")
    #expect(absent.entry.name == "drawn-shapes")
    #expect(absent.path == nil)
    #expect(absent.reason == "Using the drawn shapes, since /absent does not exist.")
  }
}
