// The kernels for any processor of the architecture (SSE2 on x86-64).
#include "instruction_sets.h"

#if !defined(__aarch64__)
#include "instruction_set_baseline.h"

#include "all_kernels.h"
extern const native_instruction_set description = {"x86-64", V, ROWS, COLUMNS};
#include "instruction_set_end.h"
#endif
