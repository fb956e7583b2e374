import Operators
import Search

/// A search space whose architectures are networks over shared parameters.
///
/// A new space is a new conforming type: it says which integers describe an architecture and how
/// an architecture computes; parameters, training, search, timing and export follow.
public protocol NetworkSpace: Sendable {
  var name: String { get }
  /// Channels of the images, and how many classes are told apart.
  var channels: Int { get }
  var classes: Int { get }
  var searchSpace: SearchSpace { get }
  /// Side of the square images an architecture looks at.
  func resolution(of architecture: Architecture) -> Int
  /// Logits [N,classes] from images [N,R,R,channels] at the architecture's resolution.
  func logits(_ architecture: Architecture, _ images: Variable, in pass: NetworkPass) throws
    -> Variable
}

extension NetworkSpace {
  public var largest: Architecture { searchSpace.last }
  public var smallest: Architecture { searchSpace.first }
}
