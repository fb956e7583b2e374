// MPI has two ABIs in use, Open MPI's and MPICH's (Intel MPI, MVAPICH and Cray's have it too). They
// differ in a few constants, and in handles: pointers there, ints here. An int is the lower half of
// the register or slot of the stack that would hold a pointer, on x86-64 as on 64-bit ARM, so both
// are passed as numbers as wide as a pointer.
#include "ranks.h"

#include <dlfcn.h>
#include <stdio.h>

typedef intptr_t Handle;

// Larger than either's.
typedef struct {
  _Alignas(8) char bytes[64];
} Status;

#define ENTRY_POINTS(ENTRY)                                                                        \
  ENTRY(MPI_Init_thread, (int *, char ***, int, int *))                                            \
  ENTRY(MPI_Finalize, (void))                                                                      \
  ENTRY(MPI_Abort, (Handle, int))                                                                  \
  ENTRY(MPI_Comm_rank, (Handle, int *))                                                            \
  ENTRY(MPI_Comm_size, (Handle, int *))                                                            \
  ENTRY(MPI_Allgather, (const void *, int, Handle, void *, int, Handle, Handle))                   \
  ENTRY(MPI_Alltoall, (const void *, int, Handle, void *, int, Handle, Handle))                    \
  ENTRY(MPI_Bcast, (void *, int, Handle, int, Handle))                                             \
  ENTRY(MPI_Isend, (const void *, int, Handle, int, int, Handle, Handle *))                        \
  ENTRY(MPI_Test, (Handle *, int *, Status *))                                                     \
  ENTRY(MPI_Iprobe, (int, int, Handle, int *, Status *))                                           \
  ENTRY(MPI_Get_count, (const Status *, Handle, int *))                                            \
  ENTRY(MPI_Recv, (void *, int, Handle, int, int, Handle, Status *))

static struct {
#define MEMBER(name, parameters) int(*name) parameters;
  ENTRY_POINTS(MEMBER)
#undef MEMBER
  Handle world, byte;
  // MPI_STATUS_IGNORE
  Status *ignored;
} mpi;

// The same in both.
static const int serialized = 2;

const char *ranks_join(const char *path, int *rank, int *size) {
  static char problem[512];
  // Open MPI's parts look for each other's symbols.
  void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
  if (!library) {
    const char *reason = dlerror();
    return reason ? reason : "it does not open";
  }
#define FIND(name, parameters)                                                                     \
  mpi.name = (int(*) parameters)dlsym(library, #name);                                             \
  if (!mpi.name) {                                                                                 \
    snprintf(problem, sizeof problem, "%.256s has no " #name, path);                               \
    return problem;                                                                                \
  }
  ENTRY_POINTS(FIND)
#undef FIND
  void *const world = dlsym(library, "ompi_mpi_comm_world");
  void *const byte = dlsym(library, "ompi_mpi_byte");
  const bool isOpenMPI = world && byte;
  mpi.world = isOpenMPI ? (Handle)world : 0x44000000;
  mpi.byte = isOpenMPI ? (Handle)byte : 0x4c00010d;
  mpi.ignored = isOpenMPI ? NULL : (Status *)1;
  int level;
  mpi.MPI_Init_thread(NULL, NULL, serialized, &level);
  mpi.MPI_Comm_rank(mpi.world, rank);
  mpi.MPI_Comm_size(mpi.world, size);
  return NULL;
}

void ranks_leave(void) { mpi.MPI_Finalize(); }

void ranks_abort(int status) { mpi.MPI_Abort(mpi.world, status); }

void ranks_gather(const void *values, size_t bytes, void *all) {
  mpi.MPI_Allgather(values, (int)bytes, mpi.byte, all, (int)bytes, mpi.byte, mpi.world);
}

void ranks_exchange(const void *values, size_t bytes, void *all) {
  mpi.MPI_Alltoall(values, (int)bytes, mpi.byte, all, (int)bytes, mpi.byte, mpi.world);
}

void ranks_broadcast(void *values, size_t bytes) {
  // Counts are ints.
  const size_t most = (size_t)1 << 30;
  for (size_t at = 0; at < bytes; at += most) {
    const size_t left = bytes - at;
    mpi.MPI_Bcast((char *)values + at, (int)(left < most ? left : most), mpi.byte, 0, mpi.world);
  }
}

void ranks_send(const void *values, size_t bytes, int rank, int channel, RanksMessage *message) {
  message->request = 0;
  mpi.MPI_Isend(values, (int)bytes, mpi.byte, rank, channel, mpi.world, &message->request);
}

bool ranks_is_sent(RanksMessage *message) {
  int isSent = 0;
  mpi.MPI_Test(&message->request, &isSent, mpi.ignored);
  return isSent;
}

int ranks_probe(int rank, int channel) {
  int isThere = 0, bytes = -1;
  Status status;
  mpi.MPI_Iprobe(rank, channel, mpi.world, &isThere, &status);
  if (isThere)
    mpi.MPI_Get_count(&status, mpi.byte, &bytes);
  return bytes;
}

void ranks_receive(void *values, int bytes, int rank, int channel) {
  mpi.MPI_Recv(values, bytes, mpi.byte, rank, channel, mpi.world, mpi.ignored);
}
