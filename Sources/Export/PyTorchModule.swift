import Datasets
import Operators
import Supernets

/// A traced network as a PyTorch module: layers by the names of their parameters, and what
/// `forward` does, line by line.
public struct PyTorchModule {
  private let trace: NetworkTrace
  /// Layers by path, in the order they are first used.
  private var layers: [(path: String, constructor: String)] = []
  private var known: Set<String> = []
  private var constants: [Int: String] = [:]
  private var lines: [String] = []

  /// The text of a Python file; throws where an operator has no form in PyTorch.
  static func text(
    _ trace: NetworkTrace, title: String, normalization: PixelStatistics
  ) throws -> String {
    var module = PyTorchModule(trace: trace)
    for (index, step) in trace.steps.enumerated() {
      guard let operation = step.operator as? any PortableOperator else {
        throw ConfigurationError("\(type(of: step.operator)): has no form in PyTorch")
      }
      module.lines.append("v\(index) = \(operation.pytorch(step, &module))")
    }
    return module.text(title: title, normalization)
  }

  private init(trace: NetworkTrace) { self.trace = trace }

  /// An activation that a step reads; constants are made as large as the batch.
  public func data(_ operand: NetworkTrace.Operand) -> String {
    switch operand {
    case .images: return "x"
    case .step(let index): return "v\(index)"
    case .leaf(let index):
      let leaf = trace.leaves[index]
      let rest = leaf.shape.count == 4 ? [3, 1, 2].map { leaf.shape[$0] } : Array(leaf.shape[1...])
      let sizes = rest.map(String.init).joined(separator: ", ")
      return "x.new_full((x.shape[0], \(sizes)), \(leaf.values.first ?? 0))"
    }
  }

  /// A leaf's numbers as they are.
  public func values(_ operand: NetworkTrace.Operand) -> NetworkTrace.Leaf {
    guard let leaf = trace.leaf(operand) else { preconditionFailure("a parameter is computed") }
    return leaf
  }

  /// A call of the layer that holds a parameter.
  public mutating func layer(of parameter: String, _ constructor: String, _ x: String) -> String {
    let path = PyTorchLayout.module(of: parameter)
    if known.insert(path).inserted { layers.append((path, constructor)) }
    return "layer(\"\(path)\")(\(x))"
  }

  /// A convolution's weights that no training made.
  public mutating func constant(_ operand: NetworkTrace.Operand) -> String {
    guard case .leaf(let index) = operand else { preconditionFailure("a constant is computed") }
    let leaf = values(operand)
    let shape = PyTorchLayout.shape(leaf.shape, .convolution)
    let numbers = PyTorchLayout.exported(leaf.values, leaf.shape, .convolution)
    // One filter for all channels is said once.
    let size = shape[1...].reduce(1, *)
    let isRepeated = numbers.indices.allSatisfy { numbers[$0] == numbers[$0 % size] }
    let said = isRepeated ? Array(numbers[..<size]) : numbers
    let sizes = shape[1...].map(String.init).joined(separator: ", ")
    constants[index] =
      "torch.tensor(\(said)).reshape(-1, \(sizes))"
      + (isRepeated ? ".repeat(\(shape[0]), 1, 1, 1)" : "")
    return "self.constant\(index)"
  }

  /// An expression of an activation function of an expression.
  public func activation(_ x: String, _ activation: Activation) -> String {
    switch activation {
    case .identity: x
    case .relu: "F.relu(\(x))"
    case .relu6: "F.relu6(\(x))"
    case .hardSwish: "F.hardswish(\(x))"
    case .swish: "F.silu(\(x))"
    case .sigmoid: "torch.sigmoid(\(x))"
    case .hardSigmoid: "F.hardsigmoid(\(x))"
    case .tanh: "torch.tanh(\(x))"
    }
  }

  private func text(title: String, _ normalization: PixelStatistics) -> String {
    let images = trace.images
    let buffers =
      [
        ("mean", "torch.tensor(\(normalization.mean)).reshape(1, -1, 1, 1)"),
        ("std", "torch.tensor(\(normalization.standardDeviation)).reshape(1, -1, 1, 1)"),
      ] + constants.sorted { $0.key < $1.key }.map { ("constant\($0.key)", $0.value) }
    return """
      # \(title)
      # Written by Supernet. `load()` makes the network with the weights of the .safetensors file beside this one.
      import json
      import os
      import struct

      import torch
      import torch.nn.functional as F
      from torch import nn


      class Network(nn.Module):
          def __init__(self):
              super().__init__()
      \(buffers.map { "        self.register_buffer(\"\($0)\", \($1), persistent=False)" }.joined(separator: "\n"))
      \(layers.map { "        self.add(\"\($0.path)\", \($0.constructor))" }.joined(separator: "\n"))

          def add(self, path, layer):
              *parents, name = path.split(".")
              module = self
              for parent in parents:
                  if parent not in module._modules:
                      module.add_module(parent, nn.Module())
                  module = module._modules[parent]
              module.add_module(name, layer)

          def forward(self, images):
              \"""Logits from images [N,\(images[3]),\(images[1]),\(images[2])] of pixels from 0 to 255.\"""
              layer = self.get_submodule
              x = (images / 255 - self.mean) / self.std
      \(lines.map { "        \($0)" }.joined(separator: "\n"))
              return v\(lines.count - 1)


      def load(path=os.path.splitext(os.path.abspath(__file__))[0] + ".safetensors"):
          with open(path, "rb") as file:
              header = json.loads(file.read(struct.unpack("<Q", file.read(8))[0]))
              data = file.read()
          weights = {}
          for name, entry in header.items():
              if name != "__metadata__":
                  start, end = entry["data_offsets"]
                  values = torch.frombuffer(bytearray(data[start:end]), dtype=torch.float32)
                  weights[name] = values.reshape(entry["shape"])
          network = Network()
          network.load_state_dict(weights)
          return network.eval()

      """
  }
}
