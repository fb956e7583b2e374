// The kernels for any processor of the architecture (SSE2 on x86-64).
#include "instruction_sets.h"

#if !defined(__aarch64__)
#include <string.h>
#include <utility>

#define V 4
#define ROWS 4
#define COLUMNS 2

namespace baseline {
#include "all_kernels.h"
extern const native_instruction_set description = {"x86-64", V, ROWS, COLUMNS};
} // namespace baseline

#endif
