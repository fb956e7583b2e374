#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Memory in pages of 2 MiB where the system gives them: kernels that stream through tensors, or
/// walk down a matrix's columns, otherwise wait for address translation.
enum HugePages {
  private static let pageSize = 2 << 20

  /// Memory on a cache line's boundary, large pieces on a huge page's; free it with `deallocate`.
  static func allocate(byteCount: Int) -> UnsafeMutableRawPointer {
    guard byteCount >= pageSize / 2 else {
      return UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    }
    let whole = (byteCount + pageSize - 1) / pageSize * pageSize
    let pointer = UnsafeMutableRawPointer.allocate(byteCount: whole, alignment: pageSize)
    #if os(Linux)
      // Refused where the kernel has no such pages: nothing is lost.
      _ = madvise(pointer, whole, MADV_HUGEPAGE)
    #endif
    return pointer
  }
}
