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
    guard byteCount >= pageSize else {
      return UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: 64)
    }
    let pointer = UnsafeMutableRawPointer.allocate(byteCount: byteCount, alignment: pageSize)
    #if os(Linux)
      // Whole pages only, so that none is half wasted. Where the kernel has none, nothing is lost.
      _ = madvise(pointer, byteCount / pageSize * pageSize, MADV_HUGEPAGE)
    #endif
    return pointer
  }
}
