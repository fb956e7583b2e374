// Counts objects where they are made and let go of, at the calls themselves: whoever forgets one is
// found out.
#include "counted_calls.h"

#include <stdatomic.h>

static opencl_table driver;
static atomic_long contexts, queues, programs, kernels, buffers, events;

#define MAKES(count, type, name, parameters, arguments)                                            \
  static type CL_API_CALL counted_##name parameters {                                              \
    type made = driver.name arguments;                                                             \
    if (made)                                                                                      \
      count++;                                                                                     \
    return made;                                                                                   \
  }
#define LETS_GO(count, type, name)                                                                 \
  static cl_int CL_API_CALL counted_##name(type object) {                                          \
    const cl_int status = driver.name(object);                                                     \
    if (status == CL_SUCCESS)                                                                      \
      count--;                                                                                     \
    return status;                                                                                 \
  }

MAKES(contexts, cl_context, clCreateContext,
      (const cl_context_properties *properties, cl_uint count, const cl_device_id *devices,
       void(CL_CALLBACK *notify)(const char *, const void *, size_t, void *), void *data,
       cl_int *status),
      (properties, count, devices, notify, data, status))
MAKES(queues, cl_command_queue, clCreateCommandQueue,
      (cl_context context, cl_device_id device, cl_command_queue_properties properties,
       cl_int *status),
      (context, device, properties, status))
MAKES(buffers, cl_mem, clCreateBuffer,
      (cl_context context, cl_mem_flags flags, size_t size, void *host, cl_int *status),
      (context, flags, size, host, status))
MAKES(programs, cl_program, clCreateProgramWithSource,
      (cl_context context, cl_uint count, const char **texts, const size_t *lengths,
       cl_int *status),
      (context, count, texts, lengths, status))
MAKES(programs, cl_program, clCreateProgramWithBinary,
      (cl_context context, cl_uint count, const cl_device_id *devices, const size_t *lengths,
       const unsigned char **binaries, cl_int *statuses, cl_int *status),
      (context, count, devices, lengths, binaries, statuses, status))
MAKES(kernels, cl_kernel, clCreateKernel, (cl_program program, const char *name, cl_int *status),
      (program, name, status))

LETS_GO(contexts, cl_context, clReleaseContext)
LETS_GO(queues, cl_command_queue, clReleaseCommandQueue)
LETS_GO(buffers, cl_mem, clReleaseMemObject)
LETS_GO(programs, cl_program, clReleaseProgram)
LETS_GO(kernels, cl_kernel, clReleaseKernel)
LETS_GO(events, cl_event, clReleaseEvent)

// The one command that is asked for its event.
static cl_int CL_API_CALL counted_clEnqueueWriteBuffer(cl_command_queue queue, cl_mem buffer,
                                                       cl_bool waits, size_t offset, size_t size,
                                                       const void *bytes, cl_uint count,
                                                       const cl_event *before, cl_event *event) {
  const cl_int status =
      driver.clEnqueueWriteBuffer(queue, buffer, waits, offset, size, bytes, count, before, event);
  if (status == CL_SUCCESS && event)
    events++;
  return status;
}

void opencl_count_objects(opencl_table *table) {
  driver = *table;
  table->clCreateContext = counted_clCreateContext;
  table->clCreateCommandQueue = counted_clCreateCommandQueue;
  table->clCreateBuffer = counted_clCreateBuffer;
  table->clCreateProgramWithSource = counted_clCreateProgramWithSource;
  table->clCreateProgramWithBinary = counted_clCreateProgramWithBinary;
  table->clCreateKernel = counted_clCreateKernel;
  table->clReleaseContext = counted_clReleaseContext;
  table->clReleaseCommandQueue = counted_clReleaseCommandQueue;
  table->clReleaseMemObject = counted_clReleaseMemObject;
  table->clReleaseProgram = counted_clReleaseProgram;
  table->clReleaseKernel = counted_clReleaseKernel;
  table->clReleaseEvent = counted_clReleaseEvent;
  table->clEnqueueWriteBuffer = counted_clEnqueueWriteBuffer;
}

opencl_objects opencl_objects_alive(void) {
  return (opencl_objects){contexts, queues, programs, kernels, buffers, events};
}
