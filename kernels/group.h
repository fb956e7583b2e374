// What the group kernels share: kernels for GPUs, in which a work-group stages numbers through
// local memory. Vectors are of four lanes; items, groups and sums come in a fixed order.
#ifndef GROUP_H
#define GROUP_H

#include "finish.h"
#include "reading.h"

#define GROUP_KERNEL(size) kernel __attribute__((reqd_work_group_size(size, 1, 1))) void

// Adds up what the items id, id + width, id + 2*width, ... hold, `height` (a power of two) of
// them, always in the same order; every one of them gets the sum.
inline vec group_sum(vec v, const int width, const int height, local vec *room) {
  const int id = get_local_id(0);
  barrier(CLK_LOCAL_MEM_FENCE); // What lies there may still be read.
  room[id] = v;
  for (int rest = height / 2; rest > 0; rest /= 2) {
    barrier(CLK_LOCAL_MEM_FENCE);
    if (id < rest * width)
      room[id] += room[id + rest * width];
  }
  barrier(CLK_LOCAL_MEM_FENCE);
  return room[id % width];
}

// What a reading needs to know of a vector of channels.
typedef struct {
  vec a, b, c;
} ReadingTable;

inline ReadingTable reading_table(Reading r, int c) {
  ReadingTable t = {(vec)(1.0f), (vec)(0.0f), (vec)(0.0f)};
  if (r.view != AS_IS) {
    t.a = vector_load(r.a + c);
    t.b = vector_load(r.b + c);
  }
  if (r.view == GRADIENT)
    t.c = vector_load(r.c + c);
  return t;
}

// What readers make of x (and its gradient).
inline vec apply_reading(Reading r, ReadingTable t, vec x, vec gradient) {
  if (r.view == AS_IS)
    return x;
  if (r.view == GRADIENT)
    return fma(gradient, t.a, fma(x, t.b, t.c));
  return activate(fma(x, t.a, t.b), r.view);
}

// Per channel: NORMALIZE scale and shift; FINISH scale, shift and mean.
typedef struct {
  vec a, b, mean;
} FinishTable;

inline FinishTable finish_table(Finish f, int c) {
  FinishTable t = {(vec)(1.0f), (vec)(0.0f), (vec)(0.0f)};
  if (f.kind == FINISH) {
    t.mean = vector_load(f.saved + c);
    t.a = vector_load(f.saved + 2L * f.channels + c);
    t.b = vector_load(f.saved + 3L * f.channels + c);
  } else if (f.kind == NORMALIZE) {
    inference_scale(f, c, &t.a, &t.b);
  }
  return t;
}

// What finishing a vector reads: brought for several of them before the first is stored, so that
// they are on their way together.
typedef struct {
  vec addend, x;
} FinishOperands;

// Of `left` lanes.
inline FinishOperands finish_operands(Finish f, int left, global const float *y, long at) {
  FinishOperands o = {(vec)(0.0f), (vec)(0.0f)};
  if (f.addend)
    o.addend = vector_load(f.addend + at);
  else if (f.kind == ACCUMULATE)
    o.addend = vector_load_part(left, y + at);
  if (f.kind == FINISH)
    o.x = element_load(f.x + at);
  return o;
}

// Stores a vector of results, `left` lanes of it, at element `at` of y; adds to FINISH's sums. Of
// STATISTICS y is an activation, of elements.
inline void finish_vector(Finish f, FinishTable t, FinishOperands o, vec value, int left,
                          global float *y, long at, vec *first, vec *second) {
  const vec x = o.x;
  if (f.kind == NORMALIZE)
    value = activate(fma(value, t.a, t.b), f.activation);
  value += o.addend;
  if (f.kind == FINISH) {
    if (f.activation != IDENTITY)
      value *= activation_slope(fma(x, t.a, t.b), f.activation);
    *first += value;
    *second = fma(value, x - t.mean, *second);
  }
  if (f.kind == STATISTICS)
    element_store_part(value, left, (global element *)y + at);
  else
    vector_store_part(value, left, y + at);
}

// A group's two sums per channel, to partial[0..1, channels].
inline void store_group_sums(vec first, vec second, int left, global float *partial, int channels) {
  vector_store_part(first, left, partial);
  vector_store_part(second, left, partial + channels);
}

#endif
