// Chooses among the compiled instruction sets at run time.
#include "instruction_sets.h"

namespace {

struct Entry {
  const native_instruction_set *description;
  native_kernel (*kernel_named)(const char *);
};

// Best first, and only what this processor has.
struct Entries {
  Entry list[3];
  int32_t count = 0;
  Entries() {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
        __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("f16c"))
      list[count++] = {&avx512::description, avx512::kernel_named};
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        __builtin_cpu_supports("f16c"))
      list[count++] = {&avx2::description, avx2::kernel_named};
#endif
#if defined(__aarch64__)
    list[count++] = {&neon::description, neon::kernel_named};
#else
    list[count++] = {&baseline::description, baseline::kernel_named};
#endif
  }
};

const Entries &entries() {
  static const Entries shared;
  return shared;
}

} // namespace

int32_t native_instruction_set_count(void) { return entries().count; }

native_instruction_set native_instruction_set_at(int32_t index) {
  return *entries().list[index].description;
}

native_kernel native_kernel_named(int32_t index, const char *name) {
  return entries().list[index].kernel_named(name);
}
