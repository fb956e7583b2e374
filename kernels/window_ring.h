// Windows of images as the rows of a matrix, without a copy of each: the rows of the images are
// read once into scratch, with noughts beside them, and a window is a run of each of its rows.
#ifndef WINDOW_RING_H
#define WINDOW_RING_H

#include "windows.h"

// `slots` rows of images, row `i` of the tensor at slot i % slots, and one of noughts; a row has
// noughts for `margin` pixels before it and as many as windows want behind it. The runs of up to
// `block` windows begin at `starts`, those of a window's row after those of the one above.
typedef struct {
  global float *rows;
  global int *starts;
  int slots, margin, row, block;
  // The first of the tensor's rows that was not read yet.
  int next;
} WindowRing;

// Floats of a slot: `DenseWindows.row` in Operators.
inline int window_row(Window w) {
  const int last = (w.out_width - 1) * w.gx.mul + w.gx.shift + w.kernel_x;
  return (max(w.in_width, last) - w.gx.shift) * w.depth / 16 * 16 + 32;
}

// Room for `count` starts, in whole cache lines.
inline int starts_row(int count) { return (count + 15) / 16 * 16; }

inline WindowRing window_ring(Window w, int slots, int block, global int *starts,
                              global float *rows) {
  const int row = window_row(w);
  for (int i = 0; i < (slots + 1) * row; i += V)
    vector_store((vec)(0.0f), rows + i);
  const WindowRing ring = {rows, starts, slots, -w.gx.shift, row, block, 0};
  return ring;
}

// Reads what `count` windows from output position `first` on see, as far as it is not there, and
// says where their runs begin.
outlined_in_opencl void read_ring(Reading r, Window w, WindowRing *ring, int first, int count) {
  int n = first / (w.out_height * w.out_width);
  int oy = first / w.out_width % w.out_height, ox = first % w.out_width;
  for (int i = 0, some = 0; i < count; i += some) {
    some = min(count - i, w.out_width - ox);
    const int top = oy * w.gy.mul + w.gy.shift;
    const int bottom = n * w.in_height + min(top + w.kernel_y, w.in_height);
    ring->next = max(ring->next, n * w.in_height + min(max(top, 0), w.in_height));
    for (; ring->next < bottom; ring->next++) {
      global float *pixels =
          ring->rows + ring->next % ring->slots * ring->row + ring->margin * w.depth;
      const Span out = {pixels, w.depth, V};
      read_spans(r, (long)ring->next * w.in_width * w.x_row, w.x_row, w.in_width, 0, w.depth, out);
      vector_store((vec)(0.0f), pixels + w.in_width * w.depth);
    }
    for (int ky = 0; ky < w.kernel_y; ky++) {
      const int iy = top + ky, is_inside = iy >= 0 && iy < w.in_height;
      const int slot = is_inside ? (n * w.in_height + iy) % ring->slots : ring->slots;
      const int step = w.gx.mul * w.depth, start = slot * ring->row + ox * step;
      for (int k = 0; k < some; k++)
        ring->starts[ky * ring->block + i + k] = start + k * step;
    }
    ox = 0;
    if (++oy == w.out_height) {
      oy = 0;
      n++;
    }
  }
}

#endif
