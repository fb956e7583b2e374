// Images in scratch for depthwise convolutions: a plane for each vector of channels.
#ifndef PLANES_H
#define PLANES_H

#include "reading.h"

// The rows of a plane that a band needs: a ring of `slots` rows of `row` vectors, the first of
// them `first` at slot `start`.
typedef struct {
  int slots, row, first, start;
} Ring;

inline int ring_at(Ring ring, int row) {
  const int slot = ring.start + row - ring.first;
  return (slot >= ring.slots ? slot - ring.slots : slot) * ring.row * V;
}

// Rows [next, last) of image n into the ring's planes, `before` vectors into each row.
inline void read_rows(Reading r, Ring ring, int n, int next, int last, int height, int width,
                      int channels, int c, int count, int before, global float *planes) {
  for (; next < last; next++) {
    const Span out = {planes + ring_at(ring, next) + before * V, V, ring.slots * ring.row * V};
    read_spans(r, ((long)n * height + next) * width * channels, channels, width, c, count, out);
  }
}

// Zeros `count` planes of `rows` rows but for the columns [before, before + width).
inline void clear_margins(global float *planes, int count, int rows, int row, int before,
                          int width) {
  for (int i = 0; i < count * rows; i++, planes += row * V) {
    for (int x = 0; x < before; x++)
      vector_store((vec)(0.0f), planes + x * V);
    for (int x = before + width; x < row; x++)
      vector_store((vec)(0.0f), planes + x * V);
  }
}

#endif
