// Begins what is compiled for AVX-512; `instruction_set_end.h` ends it.
#define V 16
#define ROWS 8
#define COLUMNS 3
#pragma clang attribute push(                                                                      \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma,f16c"))),                   \
    apply_to = function)
namespace avx512 {
