import Compute
import NativeKernels
import TensorFiles

/// The kernel files' OpenCL texts, as they were when this binary was built.
public enum KernelSources {
  /// The files' program: the prelude, then the files, with their own line numbers in error messages.
  ///
  /// The compilers of CPUs are clang. It unrolls a loop first where a function is by itself, whose
  /// bounds are parameters there: with a remainder, whose indices are not known, so that arrays of
  /// vectors stay in memory for good. Told to unroll a loop in full or not at all, it waits for the
  /// caller's constants.
  static func program(_ files: [String], for shape: KernelShape) -> String {
    var included: Set<String> = []
    let text = (["prelude.h"] + files.map { "\($0).cl" }).map { expanded($0, &included) }
      .joined(separator: "\n")
    guard shape == .tile else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { $0.hasSuffix("#pragma unroll") ? "#pragma clang loop unroll(full)" : $0 }
      .joined(separator: "\n")
  }

  /// Files that are programs of their own on CPUs, too: large, and wanted by few networks.
  static let apart: Set<String> = ["depthwise_7x7"]

  /// What CPUs have in one program, the files of other packages included; the others are for
  /// work-groups that share memory, or `apart`.
  static let tileFiles = texts.keys.sorted()
    .filter { $0.hasSuffix(".cl") && !$0.hasPrefix("group_") }.map { String($0.dropLast(3)) }
    .filter { !apart.contains($0) }

  /// A file's text with the headers it includes in place, each once.
  private static func expanded(_ name: String, _ included: inout Set<String>) -> String {
    guard let text = texts[name] else { preconditionFailure("no kernel file \(name)") }
    guard included.insert(name).inserted else { return "" }
    var lines = ["#line 1 \"\(name)\""]
    for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
      let words = line.split(separator: "\"", omittingEmptySubsequences: false)
      if words.count == 3, words[0] == "#include " {
        lines.append(expanded(String(words[1]), &included))
        lines.append("#line \(number + 2) \"\(name)\"")
      } else {
        lines.append(String(line))
      }
    }
    return lines.joined(separator: "\n")
  }

  /// Tells these kernels from another version's.
  public static let checksum: String = {
    var sum = Checksum()
    for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
      sum.combine(name)
      sum.combine(text)
    }
    return sum.text
  }()

  private static let texts: [String: String] = {
    var texts: [String: String] = [:]
    for index in 0..<native_kernel_source_count() {
      let source = native_kernel_source_at(index)
      let name = String(cString: source.name)
      precondition(
        texts.updateValue(String(cString: source.text), forKey: name) == nil,
        "two kernel files are called \(name)")
    }
    return texts
  }()
}
