// A kernel file of another package: compiled for every instruction set, its text taken in for
// OpenCL.
//
//   #define KERNEL_FILE "squared_relu.cl"
//   #include "kernel_file.h"
//   KERNEL_TEXT
//   #embed "include/squared_relu.cl"
//   END_KERNEL_TEXT
//
// is all of a C++ file in a target that depends on the product Compute and has the kernel file
// among its public headers. In Swift the kernels are then `Kernel("squared_relu", "name")`. The
// names of file and kernels must be none of ours (`kernels/`).
#include <stdint.h>
#include <string.h>
#include <utility>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// As in `native_kernels.h`, which belongs to a module that C++ of another package is not given.
extern "C" {
typedef void (*native_kernel)(const uint64_t *slots, int32_t first, int32_t last);
typedef struct {
  const char *name, *text;
} native_kernel_source;
void native_kernel_source_add(native_kernel_source source);
}
extern thread_local int32_t native_worker __attribute__((tls_model("initial-exec")));

#if defined(__x86_64__)
#include "../instruction_set_avx512.h"

#include "../given_kernels.h"
#include "../instruction_set_end.h"

#include "../instruction_set_avx2.h"

#include "../given_kernels.h"
#include "../instruction_set_end.h"
#endif

#if defined(__aarch64__)
#include "../instruction_set_neon.h"
#else
#include "../instruction_set_baseline.h"
#endif
#include "../given_kernels.h"
#include "../instruction_set_end.h"

#undef kernel
#undef inline

#pragma clang diagnostic ignored "-Wc23-extensions"

#define KERNEL_TEXT static const char kernel_text[] = {
#define END_KERNEL_TEXT                                                                            \
  , 0                                                                                              \
  }                                                                                                \
  ;                                                                                                \
  [[maybe_unused]] static const bool kernel_text_is_taken_in =                                     \
      (native_kernel_source_add({KERNEL_FILE, kernel_text}), true);
