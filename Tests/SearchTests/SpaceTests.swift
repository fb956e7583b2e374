import Laws
import Search
import Testing

// By name: Foundation has a `Dimension` of its own, for units.
import struct Foundation.Data
import class Foundation.JSONDecoder
import class Foundation.JSONEncoder

struct SpaceTests {
  @Test func enumerationIsCompleteAndCounted() throws {
    for named in try SampleSpaces.all() where named.space.count < 10_000 {
      let all = Array(named.space.allArchitectures)
      #expect(Double(all.count) == named.space.count, "\(named)")
      #expect(all == all.sorted() && Set(all).count == all.count, "\(named)")
      #expect(all.allSatisfy(named.space.contains), "\(named)")
      #expect(all.first == named.space.first && all.last == named.space.last, "\(named)")
    }
    #expect(try SampleSpaces.conditional().count == 18)
    // Plain with bias or not; attention of 1 head, or of 2 or 4 that share or not; two widths.
    #expect(try SampleSpaces.nested().count == 14)
    #expect(try SampleSpaces.huge().count == 0x1p60)
  }

  @Test func canonicalFormsAreTheEnumeration() throws {
    let space = try SampleSpaces.nested()
    let options = space.dimensions.map(\.options.count)
    var forms: Set<Architecture> = []
    for code in 0..<options.reduce(1, *) {
      var rest = code
      let choices = options.map { count in
        defer { rest /= count }
        return rest % count
      }
      let form = space.canonical(Architecture(choices))
      #expect(space.contains(Architecture(choices)) == (form.choices == choices))
      forms.insert(form)
    }
    #expect(forms == Set(space.allArchitectures))
    #expect(!space.contains([0, 0]) && !space.contains([2, 0, 0, 0, 0]))
  }

  @Test func drawsReachEverything() throws {
    for named in try SampleSpaces.all() where named.space.count < 100 {
      var generator = SeededGenerator(seed: 4)
      let drawn = Set((0..<2000).map { _ in named.space.random(using: &generator) })
      #expect(drawn == Set(named.space.allArchitectures), "\(named)")
    }
  }

  @Test func mutantsAreOtherMembers() throws {
    for named in try SampleSpaces.all() {
      let space = named.space
      var generator = SeededGenerator(seed: 5)
      for probability in [0, 0.1, 1] {
        for _ in 0..<200 {
          let parent = space.random(using: &generator)
          let child = space.mutated(parent, probability: probability, using: &generator)
          #expect(space.contains(child), "\(named)")
          #expect((child == parent) == (space.count == 1), "\(named)")
        }
      }
    }
    let plain = try SampleSpaces.plain()
    var generator = SeededGenerator(seed: 6)
    let single = plain.mutated(plain.first, using: &generator)
    let whole = plain.mutated(plain.first, probability: 1, using: &generator)
    #expect(plain.distance(plain.first, single) == 1)
    #expect(plain.distance(plain.first, whole) == plain.dimensions.count)
  }

  @Test func childrenTakeFromBothParents() throws {
    for named in try SampleSpaces.all() {
      let space = named.space
      var generator = SeededGenerator(seed: 7)
      for _ in 0..<200 {
        let one = space.random(using: &generator)
        let other = space.random(using: &generator)
        let child = space.crossover(one, other, using: &generator)
        #expect(space.contains(child), "\(named)")
        for index in child.choices.indices where space.isActive(index, in: child) {
          let parents = [one, other].filter { space.isActive(index, in: $0) }
          #expect(parents.contains { $0.choices[index] == child.choices[index] }, "\(named)")
        }
        #expect(space.crossover(one, one, using: &generator) == one, "\(named)")
      }
    }
  }

  @Test func neighboursAreUniqueMembers() throws {
    for named in try SampleSpaces.all() {
      let space = named.space
      var generator = SeededGenerator(seed: 8)
      for _ in 0..<20 {
        let center = space.random(using: &generator)
        let neighbours = space.neighbours(center)
        #expect(Set(neighbours).count == neighbours.count, "\(named)")
        #expect(neighbours.allSatisfy { space.contains($0) && $0 != center }, "\(named)")
        let changes = space.dimensions.indices.filter { space.isActive($0, in: center) }
          .reduce(0) { $0 + space.dimensions[$1].options.count - 1 }
        #expect(neighbours.count == changes, "\(named)")
      }
    }
  }

  @Test func distanceCountsActiveDimensions() throws {
    let space = try SampleSpaces.conditional()
    #expect(space.distance([0, 1, 0, 0], [0, 1, 0, 0]) == 0)
    #expect(space.distance([0, 1, 0, 0], [1, 1, 0, 0]) == 2)
    #expect(space.distance([2, 0, 1, 2], [2, 1, 1, 0]) == 2)
  }

  @Test func encodingTellsArchitecturesApart() throws {
    let space = try SampleSpaces.nested()
    let all = Array(space.allArchitectures)
    #expect(Set(all.map(space.oneHot)).count == all.count)
    #expect(space.oneHot([0, 0, 0, 1, 0]) == [1, 0, 0, 0, 0, 0, 0, 0, 1, 1, 0])
    #expect(space.encodingLength == 11)
  }

  @Test func textReadsBack() throws {
    for named in try SampleSpaces.all() {
      var generator = SeededGenerator(seed: 9)
      for _ in 0..<50 {
        let architecture = named.space.random(using: &generator)
        let text = named.space.text(of: architecture)
        #expect(try named.space.architecture(text: text) == architecture, "\(text)")
      }
    }
    let nested = try SampleSpaces.nested()
    #expect(nested.text(of: [1, 0, 0, 0, 1]) == "block=attention heads=1 width=16")
    #expect(try nested.architecture(text: " width=16\nheads=1 block=attention") == [1, 0, 0, 0, 1])
  }

  @Test(arguments: [
    ("block", "\"block\" is not of the form name=option"),
    ("colour=red", "no dimension is named \"colour\": there are block, heads, share, bias, width"),
    ("width=8 width=8", "width is given twice"),
    ("block=conv bias=no width=8", "block has no option \"conv\": choose one of plain, attention"),
    ("block=plain bias=no", "width is missing"),
    ("block=plain bias=no heads=1 width=8", "heads does not apply, because of the choice of block"),
  ])
  func badTextIsExplained(text: String, message: String) throws {
    let space = try SampleSpaces.nested()
    #expect(throws: SearchError(message)) { try space.architecture(text: text) }
  }

  @Test func malformedSpacesAreRefused() {
    typealias Case = (dimensions: [Dimension], message: String)
    let cases: [Case] = [
      ([], "a search space needs at least one dimension"),
      ([.init("a", options: [])], "a has no options"),
      ([.init("a", [1]), .init("a", [2])], "two dimensions are named a"),
      ([.init("a", [1, 1])], "a has two options labelled 1"),
      ([.init("a", options: ["x y"])], "a has the label \"x y\": no spaces, not empty"),
      ([.init("a b", [1])], "\"a b\" is no name for a dimension: no spaces, no \"=\", not empty"),
      (
        [.init("a", [1], condition: .init("b", isAmong: [0])), .init("b", [1])],
        "a depends on b, which is not an earlier dimension"
      ),
      (
        [.init("a", [1, 2]), .init("b", [1], condition: .init("a", isAmong: []))],
        "the condition of b on a lists no option"
      ),
      (
        [.init("a", [1, 2]), .init("b", [1], condition: .init("a", isAmong: [2]))],
        "b depends on option 2 of a, which has only 2"
      ),
    ]
    for (dimensions, message) in cases {
      #expect(throws: SearchError(message)) { try SearchSpace(dimensions) }
    }
  }

  @Test func lookupsGoByName() throws {
    let space = try SampleSpaces.nested()
    #expect(space.index(of: "share") == 2 && space.index(of: "none") == nil)
    #expect(space.choice(of: "heads", in: [1, 2, 0, 0, 0]) == 2)
    #expect(space.label(of: "heads", in: [1, 2, 0, 0, 0]) == "4")
    #expect(space.label(of: "heads", in: [0, 0, 0, 0, 0]) == nil)
    #expect(space.dimensions.map(\.kind) == ["block", "heads", "share", "bias", "width"])
    #expect(try SampleSpaces.plain().dimensions[2].kind == "depth")
  }

  @Test func spacesReadBackFromJSON() throws {
    for named in try SampleSpaces.all() {
      let data = try JSONEncoder().encode(named.space)
      #expect(try JSONDecoder().decode(SearchSpace.self, from: data) == named.space)
    }
    let bad = Data(#"{"dimensions":[]}"#.utf8)
    #expect(throws: SearchError.self) { try JSONDecoder().decode(SearchSpace.self, from: bad) }
  }
}
