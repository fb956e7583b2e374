// The kernels of `kernels/*.cl`, compiled into the binary once per instruction set, their sources
// (for OpenCL), and the threads that run them.
#ifndef NATIVE_KERNELS_H
#define NATIVE_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// An instruction set the kernels were compiled for.
typedef struct {
  const char *_Nonnull name;
  /// Lanes of a vector, and the register tile of a matrix product: rows x columns vectors.
  int32_t lanes, rows, columns;
} native_instruction_set;

/// The instruction sets this processor can run, best first; at least one.
int32_t native_instruction_set_count(void);
native_instruction_set native_instruction_set_at(int32_t index);

/// Runs a kernel's work-items [first, last); each parameter lies in a slot of eight bytes.
typedef void (*native_kernel)(const uint64_t *_Nonnull slots, int32_t first, int32_t last);

/// The kernel of that name compiled for that instruction set, or null.
native_kernel _Nullable native_kernel_named(int32_t instruction_set, const char *_Nonnull name);

/// A kernel file's OpenCL source: `prelude.h`, `convolution.cl`, ...
typedef struct {
  const char *_Nonnull name;
  const char *_Nonnull text;
} native_kernel_source;

int32_t native_kernel_source_count(void);
native_kernel_source native_kernel_source_at(int32_t index);
/// Takes in a kernel file of another package, before `main`: see `kernel_file.h`.
void native_kernel_source_add(native_kernel_source source);

/// Threads that share a launch's work-items; the caller is one of them. Work-items find scratch
/// memory by the number of the thread that runs them, from 0.
typedef struct native_pool native_pool;

/// Processors this process may run on.
int32_t native_processor_count(void);
native_pool *_Nullable native_pool_create(int32_t threads);
void native_pool_destroy(native_pool *_Nonnull pool);
/// Returns when all `items` work-items have run.
void native_pool_run(native_pool *_Nonnull pool, native_kernel _Nonnull kernel,
                     const uint64_t *_Nonnull slots, int32_t items);

/// Memory that is kept for reuse, which AddressSanitizer is to report touches of until it is given
/// out again; nothing in other builds.
void native_forbid(const void *_Nonnull bytes, size_t count);
void native_allow(const void *_Nonnull bytes, size_t count);
/// Whether this build does.
int32_t native_forbids(void);

#ifdef __cplusplus
}
#endif
#endif
