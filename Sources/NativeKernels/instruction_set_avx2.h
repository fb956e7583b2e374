// Begins what is compiled for AVX2+FMA; `instruction_set_end.h` ends it.
#define V 8
#define ROWS 6
#define COLUMNS 2
#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)
namespace avx2 {
