// The kernels for NEON.
#include "instruction_sets.h"

#if defined(__aarch64__)
#include <string.h>
#include <utility>

#define V 4
#define ROWS 8
#define COLUMNS 2

namespace neon {
#include "all_kernels.h"
extern const native_instruction_set description = {"NEON", V, ROWS, COLUMNS};
} // namespace neon

#endif
