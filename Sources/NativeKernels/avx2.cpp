// The kernels for AVX2+FMA.
#include "instruction_sets.h"

#if defined(__x86_64__)
#include "instruction_set_avx2.h"

#include "all_kernels.h"
extern const native_instruction_set description = {"AVX2+FMA", V, ROWS, COLUMNS};
#include "instruction_set_end.h"
#endif
