@_exported import Operators
@_exported import Search

/// A search space whose architectures are networks over shared parameters.
///
/// A new space is a new conforming type: it says which integers describe an architecture, how an
/// architecture computes, and how a user writes it; parameters, training, search, timing, drawing and
/// export follow.
public protocol NetworkSpace: Sendable {
  var name: String { get }
  /// Channels of the images, and how many classes are told apart.
  var channels: Int { get }
  var classes: Int { get }
  var searchSpace: SearchSpace { get }
  /// Whether every architecture is a slice of the largest, so that the sandwich rule trains all of
  /// them; where operations exclude each other, paths are drawn one by one.
  var isElastic: Bool { get }
  /// Architectures that together ask for every shared parameter at its full size.
  var covering: [Architecture] { get }
  /// Side of the square images an architecture looks at.
  func resolution(of architecture: Architecture) -> Int
  /// Logits [N,classes] from images [N,R,R,channels] at the architecture's resolution.
  func logits(_ architecture: Architecture, _ images: Variable, in pass: NetworkPass) throws
    -> Variable

  /// The space in the form users write, which `SpaceCatalogue` reads back.
  var configuration: ConfigurationValue { get }
  /// An architecture as the literature writes it.
  func text(of architecture: Architecture) -> String
  /// Reads what `text(of:)` writes, and what `SearchSpace` does.
  func architecture(text: String) throws -> Architecture
  /// A text that architectures share which are one network, whatever their parts are called.
  func canonicalText(of architecture: Architecture) -> String
  /// An architecture as a picture's nodes and arrows.
  func graph(of architecture: Architecture) -> NetworkGraph
  /// A smaller space that holds this architecture: what is handed over with a subnet.
  func fixed(to architecture: Architecture) throws -> any NetworkSpace
}

extension NetworkSpace {
  /// The architecture of the last options, which by convention cost most.
  ///
  /// Where a space is not elastic, it and the smallest are two architectures among others.
  public var largest: Architecture { searchSpace.last }
  public var smallest: Architecture { searchSpace.first }

  public var isElastic: Bool { false }
  public var covering: [Architecture] { isElastic ? [largest] : searchSpace.covering }

  public func text(of architecture: Architecture) -> String { searchSpace.text(of: architecture) }
  public func architecture(text: String) throws -> Architecture {
    try searchSpace.architecture(text: text)
  }
  public func canonicalText(of architecture: Architecture) -> String { text(of: architecture) }
  public func graph(of architecture: Architecture) -> NetworkGraph {
    NetworkGraph(groupsOf: architecture, in: self)
  }
  public func fixed(to architecture: Architecture) throws -> any NetworkSpace { self }

  /// What an architecture takes of a dimension's options; `nil` where the dimension says nothing.
  public func chosen<Option>(
    _ name: String, from options: [Option], in architecture: Architecture
  ) -> Option? {
    searchSpace.choice(of: name, in: architecture).map { options[$0] }
  }

  /// The space as a YAML file.
  public var yaml: String { configuration.yaml }
}
