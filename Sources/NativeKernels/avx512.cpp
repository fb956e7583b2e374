// The kernels for AVX-512.
#include "instruction_sets.h"

#if defined(__x86_64__)
#include <immintrin.h>
#include <string.h>
#include <utility>

#define V 16
#define ROWS 8
#define COLUMNS 3
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)
namespace avx512 {
#include "all_kernels.h"
extern const native_instruction_set description = {"AVX-512", V, ROWS, COLUMNS};
} // namespace avx512
#pragma clang attribute pop
#endif
