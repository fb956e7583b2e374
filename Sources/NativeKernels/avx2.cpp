// The kernels for AVX2+FMA.
#include "instruction_sets.h"

#if defined(__x86_64__)
#include <string.h>
#include <utility>

#define V 8
#define ROWS 6
#define COLUMNS 2
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
namespace avx2 {
#include "all_kernels.h"
extern const native_instruction_set description = {"AVX2+FMA", V, ROWS, COLUMNS};
} // namespace avx2
#pragma clang attribute pop
#endif
