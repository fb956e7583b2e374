// The few calls of MPI that ranks need, looked up in the machine's library when a launcher started
// this process: one binary works with Open MPI, with MPICH and what has its ABI, and with none.
// An error of a call ends the whole job, which is MPI's default: none returns one.
#ifndef RANKS_H
#define RANKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Opens a library of MPI and joins the others. Null, or why it does not do: the loader's words, or
/// what it lacks. Nothing else may be called before it did.
const char *_Nullable ranks_join(const char *_Nonnull path, int *_Nonnull rank,
                                 int *_Nonnull size);

void ranks_leave(void);
void ranks_abort(int status);

/// `bytes` of every rank in `all`, in the order of ranks; at most 2^31 - 1.
void ranks_gather(const void *_Nullable values, size_t bytes, void *_Nullable all);
/// `values` and `all` hold `bytes` for each rank: the n-th part goes to rank n.
void ranks_exchange(const void *_Nullable values, size_t bytes, void *_Nullable all);
/// Rank 0's, any number of bytes.
void ranks_broadcast(void *_Nullable values, size_t bytes);

/// A message on its way.
typedef struct {
  intptr_t request;
} RanksMessage;

/// Begins to send: `values` must stay until `ranks_is_sent`.
void ranks_send(const void *_Nullable values, size_t bytes, int rank, int channel,
                RanksMessage *_Nonnull message);
bool ranks_is_sent(RanksMessage *_Nonnull message);

/// Bytes of the next message of a rank on a channel; -1 where none is there yet.
int ranks_probe(int rank, int channel);
void ranks_receive(void *_Nullable values, int bytes, int rank, int channel);

#ifdef __cplusplus
}
#endif
#endif
