// An OpenCL layer, put between a program and its driver by OPENCL_LAYERS, that makes the driver
// fail as the environment says:
//   FAULT_AFTER=N    kernels that are launched before anything happens
//   FAULT_STATUS=S   from then on every call of the context answers so, as after a reset
//   FAULT_FOREVER=1  and no new context can be made either
//   FAULT_HANG=1     or else the next call that waits does so for ever
//   FAULT_FROM, FAULT_TO  a text in kernels' sources, and what is compiled in its place
#include <CL/cl_layer.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct _cl_icd_dispatch layer;
static const struct _cl_icd_dispatch *driver;
static long launches;
static int is_lost;

static long number(const char *name, long otherwise) {
  const char *text = getenv(name);
  return text ? atol(text) : otherwise;
}

static cl_int status(void) { return (cl_int)number("FAULT_STATUS", CL_OUT_OF_RESOURCES); }

static void wait_if_hanging(void) {
  while (is_lost && number("FAULT_HANG", 0))
    pause();
}

static cl_context create_context(const cl_context_properties *properties, cl_uint count,
                                 const cl_device_id *devices,
                                 void(CL_CALLBACK *notify)(const char *, const void *, size_t,
                                                           void *),
                                 void *data, cl_int *result) {
  if (is_lost && number("FAULT_FOREVER", 0)) {
    *result = CL_DEVICE_NOT_AVAILABLE;
    return NULL;
  }
  // The device is back, and does not fail again.
  if (is_lost)
    launches = -(1L << 40);
  is_lost = 0;
  return driver->clCreateContext(properties, count, devices, notify, data, result);
}

static cl_mem create_buffer(cl_context context, cl_mem_flags flags, size_t size, void *host,
                            cl_int *result) {
  if (is_lost) {
    *result = CL_INVALID_CONTEXT;
    return NULL;
  }
  return driver->clCreateBuffer(context, flags, size, host, result);
}

static cl_int launch(cl_command_queue queue, cl_kernel kernel, cl_uint dimensions,
                     const size_t *offset, const size_t *global, const size_t *local,
                     cl_uint waits, const cl_event *wait, cl_event *event) {
  if (++launches > number("FAULT_AFTER", 1L << 40))
    is_lost = 1;
  if (is_lost && !number("FAULT_HANG", 0))
    return status();
  return driver->clEnqueueNDRangeKernel(queue, kernel, dimensions, offset, global, local, waits,
                                        wait, event);
}

static cl_int read_buffer(cl_command_queue queue, cl_mem buffer, cl_bool blocking, size_t offset,
                          size_t size, void *to, cl_uint waits, const cl_event *wait,
                          cl_event *event) {
  wait_if_hanging();
  if (is_lost)
    return status();
  return driver->clEnqueueReadBuffer(queue, buffer, blocking, offset, size, to, waits, wait,
                                     event);
}

static cl_int finish(cl_command_queue queue) {
  wait_if_hanging();
  return is_lost ? status() : driver->clFinish(queue);
}

static cl_program create_program(cl_context context, cl_uint count, const char **texts,
                                 const size_t *lengths, cl_int *result) {
  const char *from = getenv("FAULT_FROM"), *to = getenv("FAULT_TO");
  const char *place = from && to && count == 1 ? strstr(texts[0], from) : NULL;
  if (!place)
    return driver->clCreateProgramWithSource(context, count, texts, lengths, result);
  char *changed = calloc(strlen(texts[0]) + strlen(to) + 1, 1);
  memcpy(changed, texts[0], (size_t)(place - texts[0]));
  strcat(strcat(changed, to), place + strlen(from));
  const char *text = changed;
  cl_program made = driver->clCreateProgramWithSource(context, 1, &text, NULL, result);
  free(changed);
  return made;
}

CL_API_ENTRY cl_int CL_API_CALL clGetLayerInfo(cl_layer_info name, size_t size, void *value,
                                               size_t *needed) {
  const cl_layer_api_version version = CL_LAYER_API_VERSION_100;
  const char title[] = "faulty driver";
  const void *from = name == CL_LAYER_API_VERSION ? (const void *)&version : title;
  const size_t length = name == CL_LAYER_API_VERSION ? sizeof version : sizeof title;
  if (value && size >= length)
    memcpy(value, from, length);
  if (needed)
    *needed = length;
  return CL_SUCCESS;
}

CL_API_ENTRY cl_int CL_API_CALL clInitLayer(cl_uint entries, const struct _cl_icd_dispatch *target,
                                            cl_uint *made, const struct _cl_icd_dispatch **table) {
  driver = target;
  layer = *target;
  layer.clCreateContext = create_context;
  layer.clCreateBuffer = create_buffer;
  layer.clEnqueueNDRangeKernel = launch;
  layer.clEnqueueReadBuffer = read_buffer;
  layer.clFinish = finish;
  layer.clCreateProgramWithSource = create_program;
  *made = entries;
  *table = &layer;
  return CL_SUCCESS;
}
