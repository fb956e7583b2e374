import NativeKernels

/// The kernel files' OpenCL texts, as they were when this binary was built.
enum KernelSources {
  /// The file's program: the prelude, then the file, with its own line numbers in error messages.
  static func program(_ file: String) -> String? {
    guard file != prelude, let first = texts[prelude], let text = texts[file] else { return nil }
    return "\(first)\n#line 1 \"\(file).cl\"\n\(text)"
  }

  private static let prelude = "prelude"

  private static let texts: [String: String] = {
    var texts: [String: String] = [:]
    for index in 0..<native_kernel_source_count() {
      let source = native_kernel_source_at(index)
      texts[String(cString: source.name)] = String(cString: source.text)
    }
    return texts
  }()
}
