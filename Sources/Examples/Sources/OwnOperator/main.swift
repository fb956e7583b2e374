// Holds an operator of one's own, with its kernel, against its laws on every device of this machine,
// and networks that have it in them against the ONNX models that they are written as.
import ComputeOpenCL
import Laws

let networks = try SquaredReLUNetworks()
for described in DeviceSelector.all().devices {
  let device = try DeviceSelector.open(described.identifier).device
  let violations =
    try OperatorLaws.violations(of: SquaredReLU.self, on: device)
    + ExportLaws.onnxViolations(of: networks, on: device)
  guard violations.isEmpty else {
    fatalError(violations.map(\.description).joined(separator: "\n"))
  }
  print("\(described.name): all laws hold")
}
