// Memory that the sanitizer's own allocator does not know to be unused.
#include "native_kernels.h"

#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>

void native_forbid(const void *bytes, size_t count) { __asan_poison_memory_region(bytes, count); }
void native_allow(const void *bytes, size_t count) { __asan_unpoison_memory_region(bytes, count); }
int32_t native_forbids(void) { return 1; }
#else
void native_forbid(const void *, size_t) {}
void native_allow(const void *, size_t) {}
int32_t native_forbids(void) { return 0; }
#endif
