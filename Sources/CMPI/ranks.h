// The few calls of MPI that ranks need, as functions: its constants are macros that Swift does not see.
// An error ends the whole job, which is MPI's default: none returns one.
#ifndef RANKS_H
#define RANKS_H

#include <mpi.h>
#include <stddef.h>

// Bytes of one call: counts are ints.
#define RANKS_MOST_BYTES ((size_t)1 << 30)

static inline void ranks_join(int *rank, int *size) {
  int isJoined = 0, level = 0;
  MPI_Initialized(&isJoined);
  if (!isJoined)
    MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &level);
  MPI_Comm_rank(MPI_COMM_WORLD, rank);
  MPI_Comm_size(MPI_COMM_WORLD, size);
}

static inline void ranks_leave(void) {
  int isLeft = 0;
  MPI_Finalized(&isLeft);
  if (!isLeft)
    MPI_Finalize();
}

static inline void ranks_abort(int status) { MPI_Abort(MPI_COMM_WORLD, status); }

// `bytes` of every rank in `all`, in the order of ranks.
static inline void ranks_gather(const void *values, size_t bytes, void *all) {
  MPI_Allgather(values, (int)bytes, MPI_BYTE, all, (int)bytes, MPI_BYTE, MPI_COMM_WORLD);
}

// `values` and `all` hold `bytes` for each rank: the n-th part goes to rank n.
static inline void ranks_exchange(const void *values, size_t bytes, void *all) {
  MPI_Alltoall(values, (int)bytes, MPI_BYTE, all, (int)bytes, MPI_BYTE, MPI_COMM_WORLD);
}

static inline void ranks_broadcast(void *values, size_t bytes) {
  for (size_t at = 0; at < bytes; at += RANKS_MOST_BYTES) {
    const size_t left = bytes - at;
    MPI_Bcast((char *)values + at, (int)(left < RANKS_MOST_BYTES ? left : RANKS_MOST_BYTES),
              MPI_BYTE, 0, MPI_COMM_WORLD);
  }
}

// A message on its way: what MPI makes of it differs.
typedef struct {
  MPI_Request request;
} RanksMessage;

// Begins to send: `values` must stay until `ranks_is_sent`.
static inline void ranks_send(const void *values, size_t bytes, int rank, int channel,
                              RanksMessage *message) {
  MPI_Isend(values, (int)bytes, MPI_BYTE, rank, channel, MPI_COMM_WORLD, &message->request);
}

static inline int ranks_is_sent(RanksMessage *message) {
  int isSent = 0;
  MPI_Test(&message->request, &isSent, MPI_STATUS_IGNORE);
  return isSent;
}

// Bytes of the next message of a rank on a channel; -1 where none is there yet.
static inline int ranks_probe(int rank, int channel) {
  int isThere = 0, bytes = -1;
  MPI_Status status;
  MPI_Iprobe(rank, channel, MPI_COMM_WORLD, &isThere, &status);
  if (isThere)
    MPI_Get_count(&status, MPI_BYTE, &bytes);
  return bytes;
}

static inline void ranks_receive(void *values, int bytes, int rank, int channel) {
  MPI_Recv(values, bytes, MPI_BYTE, rank, channel, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
}

#endif
