// Opens libOpenCL once and keeps it open: drivers do not survive being unloaded.
#include "opencl_table.h"
#include "counted_calls.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>

static opencl_table table;
static bool is_open;
static char problem[512];
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void open_table(void) {
  void *library = dlopen("libOpenCL.so.1", RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    const char *reason = dlerror();
    snprintf(problem, sizeof problem, "%s", reason ? reason : "libOpenCL.so.1 does not open");
    return;
  }
#define OPENCL_FIND(name)                                                                          \
  table.name = (__typeof__(&name))dlsym(library, #name);                                           \
  if (!table.name) {                                                                               \
    snprintf(problem, sizeof problem, "libOpenCL.so.1 has no " #name ": older than OpenCL 1.2");   \
    return;                                                                                        \
  }
  OPENCL_ENTRY_POINTS(OPENCL_FIND)
  opencl_count_objects(&table);
  is_open = true;
}

const opencl_table *opencl_table_get(void) {
  pthread_once(&once, open_table);
  return is_open ? &table : NULL;
}

const char *opencl_table_problem(void) {
  pthread_once(&once, open_table);
  return problem;
}
