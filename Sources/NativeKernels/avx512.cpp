// The kernels for AVX-512.
#include "instruction_sets.h"

#if defined(__x86_64__)
#include "instruction_set_avx512.h"

#include "all_kernels.h"
extern const native_instruction_set description = {"AVX-512", V, ROWS, COLUMNS};
#include "instruction_set_end.h"
#endif
