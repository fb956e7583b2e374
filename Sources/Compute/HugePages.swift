#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Memory in pages of 2 MiB where the system gives them: kernels that stream through tensors, or
/// walk down a matrix's columns, otherwise wait for address translation.
enum HugePages {
  private static let pageSize = 2 << 20

  /// Memory on a cache line's boundary, large pieces on a huge page's; nil where there is none.
  static func allocate(byteCount: Int) -> UnsafeMutableRawPointer? {
    let isLarge = byteCount >= pageSize
    var pointer: UnsafeMutableRawPointer?
    guard posix_memalign(&pointer, isLarge ? pageSize : 64, byteCount) == 0 else { return nil }
    #if os(Linux)
      // Whole pages only, so that none is half wasted. Where the kernel has none, nothing is lost.
      if isLarge { _ = madvise(pointer, byteCount / pageSize * pageSize, MADV_HUGEPAGE) }
    #endif
    return pointer
  }

  static func deallocate(_ pointer: UnsafeMutableRawPointer) { free(pointer) }
}
