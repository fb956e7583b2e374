// Both gradients of a depthwise convolution in one pass over the rows of its input.
//
// A work-item takes bands of the input's rows, and reads the gradient's that they meet, normalized,
// into a ring of rows in its scratch. Each vector of the gradient is loaded once in a row for all
// the taps it meets, and, where registers allow, serves the input's gradient and the weights'. Of
// the input each value is needed once.
#ifndef DEPTHWISE_BACKWARD_H
#define DEPTHWISE_BACKWARD_H

#include "finish_pixels.h"
#include "row_ring.h"
#include "upcoming.h"

// Beside the image a ring has noughts, but for wide tiles of 5x5 windows, with four columns there,
// it pays to ask where the image ends; with few registers it does not.
#define ASKS_BACKWARD(size, width) ((size) == 5 && (width) == 7 && REGISTERS > 16)

// Rows [iy, iy + rows) of an image's input, channels [c, c + count), and what is needed for them.
typedef struct {
  RowRing gradient;
  // The input's rows, or, where there are none, the input, to be clamped while it is read, and its
  // image's first element.
  RowRing read;
  Reading x;
  long image;
  int in_width, out_height, out_width, channels;
  global const float *w;
  int w_y, w_x;
  // Sums of the weights' gradient, [vectors, taps, V].
  global float *dw;
  int iy, rows, c, count;
} BackwardBand;

// What the rows of the gradient that meet pixels [ix, ix + width) of input row iy add to the sums
// of the `weights`, and to the gradient of these pixels, which are `x`; vector v of channels.
// Gradient column o and tap kx meet input column o*stride + kx - size/2.
inline void depthwise_backward_lines(const int weights, const int input, const int size,
                                     const int stride, const int width, BackwardBand b, int iy,
                                     int ix, int v, const vec *x, vec *acc) {
  const int pad = size / 2, before = pad / stride;
  for (int ky = (iy + pad) % stride; ky < size; ky += stride) {
    const int oy = (iy + pad - ky) / stride;
    if (iy + pad < ky || oy >= b.out_height)
      continue;
    global const float *d = ring_row(b.gradient, oy, v) + ix / stride * V;
    global const float *w = b.w + (long)ky * b.w_y + b.c + v * V;
    global float *sums = b.dw + (v * size + ky) * size * V;
    const int o = ix / stride - before;
    vec wv[7], sum[7];
#pragma unroll
    for (int kx = 0; kx < size; kx++) {
      if (input)
        wv[kx] = vector_load(w + (long)kx * b.w_x);
      if (weights)
        sum[kx] = vector_load(sums + kx * V);
    }
#pragma unroll
    for (int j = 0; j < (width - 1 + pad) / stride + before + 1; j++) {
      if (ASKS_BACKWARD(size, width) && (o + j < 0 || o + j >= b.out_width))
        continue;
      const vec g = vector_load(d + j * V);
#pragma unroll
      for (int kx = 0; kx < size; kx++)
        if ((j - before) * stride + kx - pad >= 0 && (j - before) * stride + kx - pad < width) {
          const int i = (j - before) * stride + kx - pad;
          if (input)
            acc[i] = fma(g, wv[kx], acc[i]);
          if (weights)
            sum[kx] = fma(g, x[i], sum[kx]);
        }
    }
    if (weights)
#pragma unroll
      for (int kx = 0; kx < size; kx++)
        vector_store(sum[kx], sums + kx * V);
  }
}

// The pixels [ix, ix + width) of input row iy, vector v of channels: their gradient, finished, and
// what they add to the weights'. A `full` tile has `width` columns.
inline void depthwise_backward_tile(const int full, const int size, const int stride,
                                    const int width, BackwardBand b, Finish f, Results t, int iy,
                                    int ix, int v) {
  t.rows = full ? width : b.in_width - ix;
  vec acc[8], xv[8];
#pragma unroll
  for (int i = 0; i < width; i++)
    acc[i] = xv[i] = (vec)(0.0f);
  if (b.read.p) {
    global const float *x = ring_row(b.read, iy, v) + ix * V;
#pragma unroll
    for (int i = 0; i < width; i++)
      if (i < t.rows)
        xv[i] = vector_load(x + i * V);
  } else {
    const int c = b.c + v * V;
    const Clamping clamping = reading_clamping(b.x, c);
    global const element *x = b.x.x + b.image + ((long)iy * b.in_width + ix) * b.channels + c;
#pragma unroll
    for (int i = 0; i < width; i++)
      if (i < t.rows)
        xv[i] = clamped_vector(clamping, x + (long)i * b.channels);
  }
  // Both at once where registers hold both gradients' sums, the pixels, a row's weights and a
  // value.
  if (2 * (width + size) + 1 <= REGISTERS)
    depthwise_backward_lines(1, 1, size, stride, width, b, iy, ix, v, xv, acc);
  else {
    depthwise_backward_lines(1, 0, size, stride, width, b, iy, ix, v, xv, acc);
    if (t.y)
      depthwise_backward_lines(0, 1, size, stride, width, b, iy, ix, v, xv, acc);
  }
  if (t.y)
    finish_gradients(width, f, t, acc, min(V, b.count - v * V));
}

inline void depthwise_backward_band(const int size, const int stride, const int width,
                                    BackwardBand b, Finish f, Results t, Upcoming next) {
  const int vectors = (b.count + V - 1) / V;
  const Results start = t;
  const int together = line_vectors(f);
  for (int first = 0; first < vectors; first += together)
    for (int y = 0; y < b.rows; y++)
      for (int ix = 0; ix < b.in_width; ix += width)
        for (int v = first; v < min(first + together, vectors); v++) {
          ask_for_part(3, &next);
          t.c = start.c + v * V;
          t.at = start.at + ((long)y * b.in_width + ix) * t.y_row + v * V;
          t.is_first = start.is_first && y == 0 && ix == 0;
          if (ix + width <= b.in_width)
            depthwise_backward_tile(1, size, stride, width, b, f, t, b.iy + y, ix, v);
          else
            depthwise_backward_tile(0, size, stride, width, b, f, t, b.iy + y, ix, v);
        }
}

#define DEPTHWISE_BACKWARD_BAND(name, size, stride, width)                                         \
  outlined void JOIN(name, size)(BackwardBand b, Finish f, Results t, Upcoming next) {             \
    depthwise_backward_band(size, stride, width, b, f, t, next);                                   \
  }

// Work-items: groups of `item_rows` input rows (n, iy) x groups of `item_channels` channels.
#define DEPTHWISE_BACKWARD(size)                                                                   \
  DEPTHWISE_BACKWARD_BAND(backward_wide, size, 1, 7)                                               \
  DEPTHWISE_BACKWARD_BAND(backward_narrow, size, 1, 4)                                             \
  DEPTHWISE_BACKWARD_BAND(backward_by_2_, size, 2, 8)                                              \
  kernel void JOIN(depthwise_backward, size)(                                                      \
      const int items, global const element *x, const long x_at, global const float *x_table,      \
      const long x_table_at, const int view, global const element *y, const long y_at,             \
      global const float *dy, const long dy_at, global const float *dy_table,                      \
      const long dy_table_at, const int dy_view, global const float *w, const long w_at,           \
      const int w_y, const int w_x, global float *dx, const long dx_at, global float *partial_w,   \
      const long partial_w_at, const int rows, const int in_height, const int in_width,            \
      const int out_height, const int out_width, const int channels, const int stride,             \
      const int width, const int ring_columns, const int item_rows, const int band_rows,           \
      const int item_channels, global float *scratch, const long scratch_at,                       \
      const long scratch_item, const int finish, const int activation, global const float *addend, \
      const long addend_at, global const element *finish_x, const long finish_x_at,                \
      global const float *saved, const long saved_at, global float *partial,                       \
      const long partial_at) {                                                                     \
    ITEM(item);                                                                                    \
    const int groups = (channels + item_channels - 1) / item_channels;                             \
    const int c = item % groups * item_channels, count = min(item_channels, channels - c);         \
    const int first = item / groups * item_rows, last = min(first + item_rows, rows);              \
    const Reading rx = reading(x + x_at, 0, x_table + x_table_at, channels, view);                 \
    const Reading rd = reading(y + y_at, dy + dy_at, dy_table + dy_table_at, channels, dy_view);   \
    const Finish given = {finish,                                                                  \
                          activation,                                                              \
                          addend ? addend + addend_at : 0,                                         \
                          0,                                                                       \
                          0,                                                                       \
                          0,                                                                       \
                          0,                                                                       \
                          0.0f,                                                                    \
                          finish_x + finish_x_at,                                                  \
                          saved + saved_at,                                                        \
                          channels};                                                               \
    const Finish f =                                                                               \
        with_limits(given, dx && streams(dx + dx_at, channels, (long)rows * in_width * channels)); \
    global float *sums = scratch + scratch_at + scratch_slot(item) * scratch_item;                 \
    global float *dw = sums + 2 * item_channels, *tile = dw + size * size * item_channels;         \
    const RowRing ring = row_ring(tile + 8 * V, size / 2 / stride, ring_columns,                   \
                                  (band_rows + size - 2) / stride + 1);                            \
    global float *rest = ring.p + item_channels / V * ring.vector;                                 \
    const int tiles = (count + V - 1) / V * ((in_width + width - 1) / width);                      \
    Upcoming upcoming;                                                                             \
    BackwardBand b;                                                                                \
    b.read = row_ring(reading_clamps(rx) ? 0 : rest, 0, in_width, band_rows);                      \
    b.x = rx;                                                                                      \
    b.in_width = in_width;                                                                         \
    b.out_height = out_height;                                                                     \
    b.out_width = out_width;                                                                       \
    b.channels = channels;                                                                         \
    b.w = w + w_at;                                                                                \
    b.w_y = w_y;                                                                                   \
    b.w_x = w_x;                                                                                   \
    b.dw = dw;                                                                                     \
    b.c = c;                                                                                       \
    b.count = count;                                                                               \
    const Values values = {tile, V, V};                                                            \
    Results t = {values,   dx ? dx + dx_at : 0, 0, channels,  0, c,                                \
                 sums - c, item_channels,       0, groups > 1};                                    \
    for (global float *p = dw; p < tile; p += V)                                                   \
      vector_store((vec)(0.0f), p);                                                                \
    clear_margins(ring, (count + V - 1) / V, out_width);                                           \
    int next = 0;                                                                                  \
    for (int row = first, end = first; row < last; row = end) {                                    \
      const int n = row / in_height, iy = row % in_height;                                         \
      end = min(min(row + band_rows, last), (n + 1) * in_height);                                  \
      const int above = iy + size / 2 - (size - 1), below = iy + end - row - 1 + size / 2;         \
      const int top = above > 0 ? (above + stride - 1) / stride : 0;                               \
      const int bottom = min(below / stride + 1, out_height);                                      \
      const long out_image = (long)n * out_height * out_width * channels;                          \
      if (iy == 0 || row == first)                                                                 \
        next = top;                                                                                \
      b.gradient = ring_from(ring, top);                                                           \
      read_rows(rd, b.gradient, n, next, bottom, out_height, out_width, channels, c, count);       \
      next = max(next, bottom);                                                                    \
      b.image = (long)n * in_height * in_width * channels;                                         \
      b.iy = iy;                                                                                   \
      b.rows = end - row;                                                                          \
      b.read.first = iy;                                                                           \
      if (b.read.p)                                                                                \
        read_rows(rx, b.read, n, iy, iy + b.rows, in_height, in_width, channels, c, count);        \
      const int ahead = groups == 1 && end < last ? band_rows : 0, parts = tiles * b.rows;         \
      const int ahead_y = ahead / stride * out_width * channels;                                   \
      const long ahead_at = out_image + (long)bottom * out_width * channels;                       \
      ask_for(&upcoming, 0, rx.x + (long)end * in_width * channels,                                \
              room_of(ahead * in_width * channels), parts);                                        \
      ask_for(&upcoming, 1, rd.x + ahead_at, room_of(ahead_y), parts);                             \
      ask_for(&upcoming, 2, rd.gradient ? rd.gradient + ahead_at : 0, rd.gradient ? ahead_y : 0,   \
              parts);                                                                              \
      t.at = (long)row * in_width * channels + c;                                                  \
      t.is_first = row == first;                                                                   \
      if (stride == 1 && width == 7)                                                               \
        JOIN(backward_wide, size)(b, f, t, upcoming);                                              \
      else if (stride == 1)                                                                        \
        JOIN(backward_narrow, size)(b, f, t, upcoming);                                            \
      else                                                                                         \
        JOIN(backward_by_2_, size)(b, f, t, upcoming);                                             \
    }                                                                                              \
    const int split = item / groups;                                                               \
    if (partial_w)                                                                                 \
      for (int k = 0; k < size * size; k++)                                                        \
        for (int v = 0; v * V < count; v++)                                                        \
          vector_store_part(vector_load(dw + (v * size * size + k) * V), count - v * V,            \
                            partial_w + partial_w_at +                                             \
                                ((long)split * size * size + k) * channels + c + v * V);           \
    if (dx && finish == FINISH)                                                                    \
      store_sums(FINISH, sums - c, item_channels, 0,                                               \
                 partial + partial_at + (long)split * 2 * channels, channels, c, c + count);       \
  }                                                                                                \
  NATIVE(JOIN(depthwise_backward, size))

#endif
