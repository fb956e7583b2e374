// The kernels for NEON.
#include "instruction_sets.h"

#if defined(__aarch64__)
#include "instruction_set_neon.h"

#include "all_kernels.h"
extern const native_instruction_set description = {"NEON", V, ROWS, COLUMNS};
#include "instruction_set_end.h"
#endif
