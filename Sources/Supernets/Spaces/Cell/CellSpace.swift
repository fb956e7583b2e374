import Operators
import Search

/// A searched cell, repeated: a stem, stages of equal cells, reductions between them that halve the
/// size and double the width, global average pooling, a linear classifier.
///
/// A cell is a small graph: states are the outputs of the cells before it and its own nodes; a node
/// is the sum of its edges, each an operation on an earlier state. Well-known ones are
/// NAS-Bench-201 (Dong and Yang 2020) and DARTS (Liu, Simonyan and Yang 2019).
public struct CellSpace: NetworkSpace, Equatable {
  /// Which of the searched cells: the one that keeps the size, or the one that halves it.
  public enum CellKind: String, Sendable, Hashable, CaseIterable { case normal, reduce }

  public enum Join: String, Sendable, CaseIterable {
    /// The last node is the cell's output.
    case add
    /// All nodes side by side are.
    case concatenate
  }

  public enum Reduction: String, Sendable, CaseIterable {
    /// A fixed residual block.
    case residual
    /// A cell that is searched too.
    case cell
  }

  /// A cell's graph, before operations are chosen.
  public struct Shape: Sendable, Equatable {
    /// How many of the cells before it a cell reads: 1 or 2.
    public var inputs: Int
    public var nodes: Int
    /// Edges into a node, from different states that are searched too; nil for one from every
    /// earlier state.
    public var edges: Int?
    public var join: Join
  }

  /// How cells are stacked.
  public struct Skeleton: Sendable, Equatable {
    /// Channels of the stem's output, and of a node in the first stage.
    public var stem: Int
    public var width: Int
    /// Cells of a stage.
    public var cells: Int
    public var reductions: Int
    public var reduction: Reduction
  }

  public let name: String
  public let channels: Int
  public let classes: Int
  public let resolution: Int
  public let shape: Shape
  public let skeleton: Skeleton
  public let operations: [String]
  public let searchSpace: SearchSpace

  /// - Parameters:
  ///   - name: the space's.
  ///   - channels: of the images.
  ///   - classes: that are told apart.
  ///   - resolution: side of the images.
  ///   - shape: how a cell is made of nodes and edges.
  ///   - skeleton: how cells are stacked.
  ///   - operations: names of `CellOperation.all`, in its order.
  public init(
    name: String, channels: Int, classes: Int, resolution: Int, shape: Shape, skeleton: Skeleton,
    operations: [String]
  ) throws {
    self.name = name
    self.channels = channels
    self.classes = classes
    self.resolution = resolution
    self.shape = shape
    self.skeleton = skeleton
    self.operations = operations
    let isAlone = skeleton.reduction == .residual
    searchSpace = try SearchSpace(
      (isAlone ? [.normal] : CellKind.allCases).flatMap {
        shape.dimensions(prefix: isAlone ? "" : "\($0).", operations: operations)
      })
  }

  /// The cells that are searched.
  public var kinds: [CellKind] { skeleton.reduction == .cell ? CellKind.allCases : [.normal] }

  /// An operation by its number among this space's.
  public func operation(_ index: Int) -> CellOperation {
    guard let found = CellOperation.all.first(where: { $0.name == operations[index] }) else {
      preconditionFailure("no operation \(operations[index])")
    }
    return found
  }

  public func resolution(of architecture: Architecture) -> Int { resolution }

  /// Every operation on every edge.
  public var covering: [Architecture] {
    let most = searchSpace.dimensions.map { $0.options.count }
    let sources = shape.edges == nil ? 1 : most.max() ?? 1
    return (0..<sources).flatMap { choice in
      operations.indices.map { operation in
        Architecture(
          searchSpace.dimensions.map {
            $0.kind == "inputs" ? min(choice, $0.options.count - 1) : operation
          })
      }
    }
  }
}

extension CellSpace.Shape {
  /// The states that a node's edges may come from together.
  func sources(of node: Int) -> [[Int]] {
    guard let edges else { return [Array(0..<node)] }
    return combinations(of: min(edges, node), below: node)
  }

  /// Numbers of the nodes among a cell's states.
  var nodeStates: Range<Int> { inputs..<inputs + nodes }

  private func combinations(of size: Int, below bound: Int) -> [[Int]] {
    guard size > 0 else { return [[]] }
    return (size - 1..<max(bound, size - 1)).flatMap { last in
      combinations(of: size - 1, below: last).map { $0 + [last] }
    }
  }

  fileprivate func dimensions(prefix: String, operations: [String]) -> [Dimension] {
    nodeStates.flatMap { node -> [Dimension] in
      guard edges != nil else {
        return (0..<node).map {
          Dimension("\(prefix)edge\(node)-\($0)", options: operations)
        }
      }
      let sources = sources(of: node)
      return [
        Dimension(
          "\(prefix)node\(node).inputs",
          options: sources.map { $0.map(String.init).joined(separator: "+") })
      ]
        + (1...(sources[0].count)).map {
          Dimension("\(prefix)node\(node).operation\($0)", options: operations)
        }
    }
  }
}
