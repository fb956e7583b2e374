import Operators

/// An operator that reads activations stored as halves; an activation that it makes is halves too.
struct HalfActivations: TapedOperator {
  var fused: any FusedOperator
  /// Inputs that are halves, the first ones.
  var activations: Int

  func outputShape(_ inputs: [Shape]) -> Shape { fused.outputShape(inputs) }

  func reference(_ inputs: [ReferenceArray]) -> ReferenceArray { fused.reference(inputs) }

  func value(_ inputs: [Variable], on tape: Tape) throws -> Variable {
    let narrowed = try inputs[..<activations].map { try tape.apply(Narrow(), $0) }
    return try tape.apply(fused, narrowed + inputs[activations...])
  }

  /// Those of the operators that do so, in training.
  ///
  /// Numbers far from zero have no digits left for their deviation.
  static var cases: [OperatorCase] {
    cases(of: NormalizedConvolution.self, activations: 1)
      + cases(of: ChannelScale.self, activations: 1)
      + cases(of: GlobalAveragePool.self, activations: 1)
      + [1, 2].flatMap { cases(of: Add.self, activations: $0) }
  }

  private static func cases(
    of type: any FusedOperator.Type, activations: Int
  ) -> [OperatorCase] {
    type.cases.compactMap { standard in
      guard let fused = standard.operator.fused,
        standard.inputs[0].needsGradient, !standard.inputs[0].isDistant
      else { return nil }
      let inputs = standard.inputs.map { input in
        var dense = input
        dense.whole = nil
        return dense
      }
      return OperatorCase(
        "\(type) \(standard.name), \(activations) narrowed",
        Self(fused: fused, activations: activations), inputs,
        tolerance: OperatorCase.halfTolerance)
    }
  }
}

extension OperatorCase.Input {
  fileprivate var isDistant: Bool {
    if case .distant = values { return true }
    return false
  }
}
