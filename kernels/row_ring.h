// Rows of an image in scratch, for depthwise convolutions: those that a band of rows needs.
#ifndef ROW_RING_H
#define ROW_RING_H

#include "reading.h"

// A ring of `slots` rows for each vector of channels, one vector's together so that it stays in the
// first cache; row `first` of the image is at slot `start`. A row has `columns` pixels, the image's
// from `before` on; the others are noughts: windows may reach over the image's edges.
typedef struct {
  global float *p;
  int before, columns, slots, vector, first, start;
} RowRing;

// Floats of a vector's rows: an odd number of cache lines, so that those of a pixel's vectors are
// spread over all of a cache's sets.
inline int ring_vector(int columns, int slots) {
  return ((columns * slots * V + 15) / 16 | 1) * 16;
}

inline RowRing row_ring(global float *p, int before, int columns, int slots) {
  const RowRing ring = {p, before, columns, slots, ring_vector(columns, slots), 0, 0};
  return ring;
}

// Column 0 of vector v of channels of a row of the image.
inline global float *ring_row(RowRing ring, int row, int v) {
  const int slot = ring.start + row - ring.first;
  return ring.p + v * ring.vector +
         (slot >= ring.slots ? slot - ring.slots : slot) * ring.columns * V;
}

// The ring of a band whose first row is `first`.
inline RowRing ring_from(RowRing ring, int first) {
  ring.first = first;
  ring.start = first % ring.slots;
  return ring;
}

// Noughts beside the `width` pixels of all rows of so many vectors.
outlined_in_opencl void clear_margins(RowRing ring, int vectors, int width) {
  for (int v = 0; v < vectors; v++)
    for (int slot = 0; slot < ring.slots; slot++) {
      global float *row = ring.p + v * ring.vector + slot * ring.columns * V;
      for (int i = 0; i < ring.columns - width; i++)
        vector_store((vec)(0.0f), row + (i < ring.before ? i : i + width) * V);
    }
}

// Rows [next, last) of image n, channels [c, c + count), into the ring.
outlined_in_opencl void read_rows(Reading r, RowRing ring, int n, int next, int last, int height,
                                  int width, int channels, int c, int count) {
  for (; next < last; next++) {
    const Span out = {ring_row(ring, next, 0) + ring.before * V, V, ring.vector};
    read_spans(r, ((long)n * height + next) * width * channels, channels, width, c, count, out);
  }
}

#endif
