import NativeKernels
import TensorFiles

/// The kernel files' OpenCL texts, as they were when this binary was built.
public enum KernelSources {
  /// The file's program: the prelude, then the file, with its own line numbers in error messages.
  static func program(_ file: String) -> String? {
    guard let first = texts["prelude.h"], texts["\(file).cl"] != nil else { return nil }
    var included: Set<String> = []
    return "\(first)\n" + expanded("\(file).cl", &included)
  }

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
      texts[String(cString: source.name)] = String(cString: source.text)
    }
    return texts
  }()
}
