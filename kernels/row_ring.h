// Rows of an image in scratch, for depthwise convolutions: those that a band of rows needs.
#ifndef ROW_RING_H
#define ROW_RING_H

#include "reading.h"

// A ring of `slots` rows `row` floats apart, their pixels `pixel` floats, a pixel's vectors of
// channels `vector` floats; row `first` of the image is at slot `start`. What lies in memory anyway
// is a ring of all its rows.
typedef struct {
  global float *p;
  int pixel, vector, row, slots, first, start;
} RowRing;

// Rows of `width` pixels in scratch: a plane for each vector of channels, so that it stays in the
// first cache.
inline RowRing ring_of_planes(global float *p, int width, int slots) {
  const RowRing ring = {p, V, slots * width * V, width * V, slots, 0, 0};
  return ring;
}

// Rows of an image that lie in memory, as floats.
inline RowRing ring_in_place(global const element *p, int height, int width, int channels) {
  const RowRing ring = {(global float *)p, channels, V, width * channels, height, 0, 0};
  return ring;
}

inline global float *ring_row(RowRing ring, int row) {
  const int slot = ring.start + row - ring.first;
  return ring.p + (slot >= ring.slots ? slot - ring.slots : slot) * ring.row;
}

// The ring of a band whose first row is `first`.
inline RowRing ring_from(RowRing ring, int first) {
  ring.first = first;
  ring.start = first % ring.slots;
  return ring;
}

// Rows [next, last) of image n, channels [c, c + count), into the ring.
inline void read_rows(Reading r, RowRing ring, int n, int next, int last, int height, int width,
                      int channels, int c, int count) {
  for (; next < last; next++) {
    const Span out = {ring_row(ring, next), ring.pixel, ring.vector};
    read_spans(r, ((long)n * height + next) * width * channels, channels, width, c, count, out);
  }
}

#endif
