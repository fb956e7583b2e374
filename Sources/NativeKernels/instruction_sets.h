// What each instruction set's file supplies, and the headers that must come before its namespace.
#pragma once
#include "native_kernels.h"

#include <string.h>
#include <utility>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

// The number of the thread that runs a work-item.
extern thread_local int32_t native_worker __attribute__((tls_model("initial-exec")));

#define INSTRUCTION_SET(set)                                                                       \
  namespace set {                                                                                  \
  extern const native_instruction_set description;                                                 \
  native_kernel kernel_named(const char *name);                                                    \
  }

INSTRUCTION_SET(avx512)
INSTRUCTION_SET(avx2)
INSTRUCTION_SET(baseline)
INSTRUCTION_SET(neon)
