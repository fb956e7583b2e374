// OpenCL's entry points, looked up in libOpenCL when first asked for, so that one binary also
// starts on a machine without it.
#ifndef OPENCL_TABLE_H
#define OPENCL_TABLE_H

#define CL_TARGET_OPENCL_VERSION 120
#include <CL/cl.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Every entry point the package calls: a new one is one more line.
#define OPENCL_ENTRY_POINTS(ENTRY)                                                                 \
  ENTRY(clGetPlatformIDs)                                                                          \
  ENTRY(clGetPlatformInfo)                                                                         \
  ENTRY(clGetDeviceIDs)                                                                            \
  ENTRY(clGetDeviceInfo)                                                                           \
  ENTRY(clCreateContext)                                                                           \
  ENTRY(clReleaseContext)                                                                          \
  ENTRY(clCreateCommandQueue)                                                                      \
  ENTRY(clReleaseCommandQueue)                                                                     \
  ENTRY(clCreateBuffer)                                                                            \
  ENTRY(clReleaseMemObject)                                                                        \
  ENTRY(clCreateProgramWithSource)                                                                 \
  ENTRY(clCreateProgramWithBinary)                                                                 \
  ENTRY(clBuildProgram)                                                                            \
  ENTRY(clGetProgramInfo)                                                                          \
  ENTRY(clGetProgramBuildInfo)                                                                     \
  ENTRY(clReleaseProgram)                                                                          \
  ENTRY(clCreateKernel)                                                                            \
  ENTRY(clGetKernelInfo)                                                                           \
  ENTRY(clGetKernelWorkGroupInfo)                                                                  \
  ENTRY(clSetKernelArg)                                                                            \
  ENTRY(clReleaseKernel)                                                                           \
  ENTRY(clEnqueueNDRangeKernel)                                                                    \
  ENTRY(clEnqueueReadBuffer)                                                                       \
  ENTRY(clEnqueueWriteBuffer)                                                                      \
  ENTRY(clEnqueueFillBuffer)                                                                       \
  ENTRY(clGetEventInfo)                                                                            \
  ENTRY(clWaitForEvents)                                                                           \
  ENTRY(clReleaseEvent)                                                                            \
  ENTRY(clFlush)                                                                                   \
  ENTRY(clFinish)

typedef struct {
#define OPENCL_MEMBER(name) __typeof__(&name) _Nonnull name;
  OPENCL_ENTRY_POINTS(OPENCL_MEMBER)
#undef OPENCL_MEMBER
} opencl_table;

/// The table with every member set, or null; the same answer each time, from any thread.
const opencl_table *_Nullable opencl_table_get(void);

/// Objects that this process has made through the table and not let go of.
typedef struct {
  long contexts, queues, programs, kernels, buffers, events;
} opencl_objects;

opencl_objects opencl_objects_alive(void);

/// Why there is no table: the loader's words.
const char *_Nonnull opencl_table_problem(void);

#ifdef __cplusplus
}
#endif
#endif
