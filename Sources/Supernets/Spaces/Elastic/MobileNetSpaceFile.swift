import Operators

extension MobileNetSpace {
  private static let activations = Activation.allCases.map(\.name)

  /// A space as a user writes it in YAML; an error names file, line and key.
  public init(_ node: ConfigurationNode) throws {
    let top = try node.mapping(
      ["name", "kind", "input", "classes", "stem", "stages", "head"],
      required: ["name", "input", "classes", "stem", "stages", "head"])
    if let kind = top["kind"] { _ = try kind.choice(["elastic", "mobilenet"]) }
    func get(_ fields: [String: ConfigurationNode], _ key: String, in parent: ConfigurationNode)
      throws -> ConfigurationNode
    {
      guard let field = fields[key] else { throw parent.error("`\(key)` is missing") }
      return field
    }
    func activation(_ field: ConfigurationNode?, _ standard: Activation) throws -> Activation {
      guard let field else { return standard }
      return Activation(name: try field.choice(Self.activations)) ?? standard
    }

    let inputNode = try get(top, "input", in: node)
    let input = try inputNode.mapping(
      ["channels", "resolution"], required: ["channels", "resolution"])
    let stemNode = try get(top, "stem", in: node)
    let stem = try stemNode.mapping(
      ["width", "kernel", "stride", "activation"], required: ["width"])
    let headNode = try get(top, "head", in: node)
    let head = try headNode.mapping(["width", "activation"], required: ["width"])
    let stageNodes = try get(top, "stages", in: node).list(most: 64)
    guard !stageNodes.isEmpty else { throw try get(top, "stages", in: node).error("no stages") }

    let stages = try stageNodes.map { stageNode in
      let fields = try stageNode.mapping(
        [
          "depth", "width", "kernel", "expansion", "expands", "stride", "activation",
          "squeeze-excitation",
        ],
        required: ["depth", "width", "kernel", "expansion"])
      let kernelNode = try get(fields, "kernel", in: stageNode)
      let kernels = try kernelNode.options(in: 3...7)
      guard kernels.allSatisfy({ $0 % 2 == 1 }) else { throw kernelNode.error("use 3, 5 or 7") }
      let expansion = try get(fields, "expansion", in: stageNode).options(in: 1...16)
      let expands = try fields["expands"]?.bool() ?? (expansion != [1])
      guard expands || expansion == [1] else {
        throw stageNode.error("expands: false is for expansion 1 alone")
      }
      return Stage(
        depth: try get(fields, "depth", in: stageNode).options(in: 1...64),
        width: try get(fields, "width", in: stageNode).options(in: 1...4096),
        kernel: kernels,
        expansion: expansion, expands: expands,
        stride: try fields["stride"]?.int(in: 1...4) ?? 1,
        activation: try activation(fields["activation"], .relu),
        squeezeExcitation: try fields["squeeze-excitation"]?.bool() ?? false)
    }
    let stemKernel = try stem["kernel"]?.int(in: 1...7) ?? 3
    guard stemKernel % 2 == 1 else { throw stemNode.error("kernel \(stemKernel): use an odd one") }
    try self.init(
      name: try get(top, "name", in: node).name(),
      channels: try get(input, "channels", in: inputNode).int(in: 1...64),
      classes: try get(top, "classes", in: node).int(in: 2...100_000),
      resolutions: try get(input, "resolution", in: inputNode).options(in: 8...1024),
      stem: Stem(
        width: try get(stem, "width", in: stemNode).options(in: 1...4096), kernel: stemKernel,
        stride: try stem["stride"]?.int(in: 1...4) ?? 1,
        activation: try activation(stem["activation"], .relu)),
      stages: stages,
      head: Head(
        width: try get(head, "width", in: headNode).options(in: 1...16384),
        activation: try activation(head["activation"], .relu)))
  }

  /// The space in the form users write and `init(_:)` reads.
  public var configuration: ConfigurationValue {
    .mapping([
      ("name", .text(name)), ("kind", .word("mobilenet")),
      (
        "input",
        .mapping([("channels", .int(channels)), ("resolution", .options(resolutions))])
      ),
      ("classes", .int(classes)),
      (
        "stem",
        .mapping([
          ("width", .options(stem.width)), ("kernel", .int(stem.kernel)),
          ("stride", .int(stem.stride)), ("activation", .word(stem.activation.name)),
        ])
      ),
      ("stages", .list(stages.map(\.configuration))),
      (
        "head",
        .mapping([
          ("width", .options(head.width)), ("activation", .word(head.activation.name)),
        ])
      ),
    ])
  }
}

extension MobileNetSpace.Stage {
  fileprivate var configuration: ConfigurationValue {
    let standardExpands = expansion != [1]
    return .mapping(
      [
        ("depth", .options(depth)), ("width", .options(width)), ("kernel", .options(kernel)),
        ("expansion", .options(expansion)),
      ] + (expands == standardExpands ? [] : [("expands", .bool(expands))]) + [
        ("stride", .int(stride)), ("activation", .word(activation.name)),
        ("squeeze-excitation", .bool(squeezeExcitation)),
      ])
  }
}
