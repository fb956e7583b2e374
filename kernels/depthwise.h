// Tiles of depthwise convolutions: `rows` x `width` neighbouring outputs of one vector of channels,
// in registers from the first multiplication to the finished result.
#ifndef DEPTHWISE_H
#define DEPTHWISE_H

#include "finish_pixels.h"
#include "row_ring.h"
#include "upcoming.h"

// Where a tile's values are: in a ring of rows; or where they are stored, floats that are taken as
// they are, or activations that are clamped while they are read.
enum { IN_RING, AS_STORED, CLAMPED };

// Rows [oy, oy + rows) of an image's outputs, channels [c, c + count), and what they are made of.
typedef struct {
  RowRing ring;
  Reading input;
  // The image's first element.
  long image;
  int in_height, in_width, channels;
  global const float *w;
  int w_y, w_x;
  int oy, rows, out_width, c, count;
  // Vectors of channels that are computed of a tile's pixels before the next tile.
  int together;
} Band;

// What line i of the windows adds to the `rows` rows of outputs whose windows begin at row `top`,
// column `left` of the input; vector v of the band's channels. Of a `full` tile only the last
// columns of its windows may lie outside.
inline void depthwise_line(const int source, const int full, const int size, const int stride,
                           const int rows, const int width, Band b, Clamping clamping, int top,
                           int i, int left, int v, vec *acc) {
  vec wv[14];
#pragma unroll
  for (int o = 0; o < rows; o++)
    if (rows == 1 || (i >= o * stride && i < o * stride + size))
#pragma unroll
      for (int kx = 0; kx < size; kx++)
        wv[o * size + kx] =
            vector_load(b.w + (long)(i - o * stride) * b.w_y + (long)kx * b.w_x + b.c + v * V);
  global const float *p = 0;
  global const element *x = 0;
  if (source == IN_RING)
    p = ring_row(b.ring, top + i, v) + (left + size / 2) * V;
  else
    x = b.input.x + b.image + ((long)(top + i) * b.in_width + left) * b.channels + b.c + v * V;
  // Beside the image a ring has noughts, but 5x5 windows, with four columns there, rather ask.
  const int inside = full || source == IN_RING;
#pragma unroll
  for (int j = 0; j < (width - 1) * stride + size; j++)
    if ((source == IN_RING && size != 5) ||
        ((j >= size / 2 || left + j >= 0) &&
         ((inside && j + size / 2 < (width - 1) * stride + size) || left + j < b.in_width))) {
      const vec value = source == IN_RING     ? vector_load(p + j * V)
                        : source == AS_STORED ? element_load(x + (long)j * b.channels)
                                              : clamped_vector(clamping, x + (long)j * b.channels);
#pragma unroll
      for (int o = 0; o < rows; o++)
        if (rows == 1 || (i >= o * stride && i < o * stride + size))
#pragma unroll
          for (int kx = 0; kx < size; kx++)
            if (j >= kx && (j - kx) % stride == 0 && (j - kx) / stride < width)
              acc[o * width + (j - kx) / stride] =
                  fma(value, wv[o * size + kx], acc[o * width + (j - kx) / stride]);
    }
}

// Outputs from row oy, column ox on, and what becomes of them: `t` is of the first. A `full` tile
// has `width` columns.
inline void depthwise_tile(const int source, const int full, const int size, const int stride,
                           const int rows, const int width, Band b, Finish f, Results t, int oy,
                           int ox, int v) {
  const int top = oy * stride - size / 2, left = ox * stride - size / 2;
  Clamping clamping;
  if (source == CLAMPED)
    clamping = reading_clamping(b.input, b.c + v * V);
  vec acc[14];
#pragma unroll
  for (int k = 0; k < rows * width; k++)
    acc[k] = (vec)(0.0f);
  if (rows == 1)
    for (int i = max(-top, 0); i < min(size, b.in_height - top); i++)
      depthwise_line(source, full, size, stride, 1, width, b, clamping, top, i, left, v, acc);
  else
#pragma unroll
    for (int i = 0; i < (rows - 1) * stride + size; i++)
      if (top + i >= 0 && top + i < b.in_height)
        depthwise_line(source, full, size, stride, rows, width, b, clamping, top, i, left, v, acc);
  const int columns = min(V, b.count - v * V);
#pragma unroll
  for (int o = 0; o < rows; o++)
    if (o == 0 || oy + o < b.oy + b.rows) {
      t.rows = full ? width : b.out_width - ox;
      if (!full && (source != IN_RING || t.rows < width))
        finish_outputs(width, f, t, acc + o * width, columns);
      else {
        t.rows = width;
        finish_outputs(width, f, t, acc + o * width, columns);
      }
      t.at += (long)b.out_width * t.y_row;
      t.is_first = 0;
    }
}

inline void depthwise_band(const int source, const int size, const int stride, const int rows,
                           const int width, Band b, Finish f, Results t, Upcoming next) {
  const int vectors = (b.count + V - 1) / V;
  const Results start = t;
  for (int first = 0; first < vectors; first += b.together)
    for (int y = 0; y < b.rows; y += rows)
      for (int ox = 0; ox < b.out_width; ox += width)
        for (int v = first; v < min(first + b.together, vectors); v++) {
          ask_for_part(1, &next);
          t.c = start.c + v * V;
          t.at = start.at + ((long)y * b.out_width + ox) * t.y_row + v * V;
          t.is_first = start.is_first && y == 0 && ox == 0;
          // Of a ring full tiles need no code of their own.
          if (source != IN_RING && ox + width <= b.out_width)
            depthwise_tile(source, 1, size, stride, rows, width, b, f, t, b.oy + y, ox, v);
          else
            depthwise_tile(source, 0, size, stride, rows, width, b, f, t, b.oy + y, ox, v);
        }
}

#endif
