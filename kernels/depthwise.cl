// Depthwise convolution, channels last, weights [ky,kx,c] with strides; lanes are channels. The
// padding is that which keeps the size at stride 1.
//
// A work-item walks down the rows of some channels with the last `size` input rows in its scratch:
// normalised once, zeros where the padding lies. A tile of `width` neighbouring outputs stays in
// registers, so each vector is loaded once for all the taps it meets in a row.
#include "reading.h"

inline void depthwise_row(const int size, const int stride, const int width,
                          global const float *ring, int ring_row, int pixel, int top, int ky_first,
                          int ky_last, global const float *w, int w_y, int w_x, global float *y,
                          int out_width, int channels, int count, int accumulate) {
  for (int v = 0; v < count; v += V)
    for (int ox = 0; ox < out_width; ox += width) {
      vec acc[8];
#pragma unroll
      for (int t = 0; t < width; t++)
        acc[t] = (vec)(0.0f);
      for (int ky = ky_first; ky < ky_last; ky++) {
        global const float *row =
            ring + (long)((top + ky) % size) * ring_row + ox * stride * pixel + v;
        vec wv[7];
#pragma unroll
        for (int kx = 0; kx < size; kx++)
          wv[kx] = vector_load(w + (long)ky * w_y + (long)kx * w_x + v);
#pragma unroll
        for (int j = 0; j < (width - 1) * stride + size; j++) {
          const vec x = vector_load(row + j * pixel);
#pragma unroll
          for (int kx = 0; kx < size; kx++)
            if (j >= kx && (j - kx) % stride == 0 && (j - kx) / stride < width)
              acc[(j - kx) / stride] = fma(x, wv[kx], acc[(j - kx) / stride]);
        }
      }
#pragma unroll
      for (int t = 0; t < width; t++)
        if (ox + t < out_width)
          vector_put(acc[t], count - v, y + (long)(ox + t) * channels + v, accumulate);
    }
}

// Work-items: groups of `item_rows` output rows (n, oy) x groups of `item_channels` channels.
#define DEPTHWISE(size)                                                                            \
  kernel void JOIN(depthwise, size)(                                                               \
      const int items, global const float *x, const long x_at, global const float *table,          \
      const long table_at, const int view, global const float *w, const long w_at, const int w_y,  \
      const int w_x, global float *y, const long y_at, const int rows, const int in_height,        \
      const int in_width, const int out_height, const int out_width, const int channels,           \
      const int stride, const int width, const int item_rows, const int item_channels,             \
      global float *scratch, const long scratch_at, const long scratch_item, const int finish,     \
      const int activation, global const float *addend, const long addend_at,                      \
      global const float *finish_x, const long finish_x_at, global const float *saved,             \
      const long saved_at, global const float *gamma, const long gamma_at, global const float *beta,                    \
      const long beta_at, global const float *mean, const long mean_at,                            \
      global const float *variance, const long variance_at, const float epsilon,                   \
      global float *partial, const long partial_at) {                                              \
    ITEM(item);                                                                                    \
    const int groups = (channels + item_channels - 1) / item_channels;                             \
    const int c = item % groups * item_channels, count = min(item_channels, channels - c);         \
    const int first = item / groups * item_rows, last = min(first + item_rows, rows);              \
    const int tiles = (out_width + width - 1) / width;                                             \
    const int ring_row = ((tiles * width - 1) * stride + size) * item_channels;                    \
    const Reading r = reading(x + x_at, 0, table + table_at, channels, view);                      \
    const Finish f = {finish,      activation,      addend ? addend + addend_at : 0,               \
                      gamma ? gamma + gamma_at : 0, beta + beta_at,                                \
                      mean + mean_at,               variance + variance_at,                        \
                      epsilon,     0,               0,                                             \
                      channels};                                                                   \
    global float *sums = scratch + scratch_at + item * scratch_item;                               \
    global float *ring = sums + 3 * item_channels;                                                 \
    for (int i = 0; i < size * ring_row; i += V)                                                   \
      vector_store((vec)(0.0f), ring + i);                                                         \
    int next = 0;                                                                                  \
    for (int row = first; row < last; row++) {                                                     \
      const int n = row / out_height, oy = row % out_height, top = oy * stride - size / 2;         \
      const int bottom = min(top + size, in_height);                                               \
      if (oy == 0 || row == first)                                                                 \
        next = max(top, 0);                                                                        \
      for (; next < bottom; next++)                                                                \
        for (int i = 0; i < in_width; i++)                                                         \
          read_pixel(r, (((long)n * in_height + next) * in_width + i) * channels, c, c + count,    \
                     ring + (long)(next % size) * ring_row + (size / 2 + i) * item_channels);      \
      const long at = (long)row * out_width * channels + c;                                        \
      const int ky = max(-top, 0), ky_last = bottom - top;                                         \
      if (stride == 1 && width == 7)                                                               \
        depthwise_row(size, 1, 7, ring, ring_row, item_channels, top, ky, ky_last, w + w_at + c,   \
                      w_y, w_x, y + y_at + at, out_width, channels, count, finish == ACCUMULATE);                        \
      else if (stride == 1)                                                                        \
        depthwise_row(size, 1, 4, ring, ring_row, item_channels, top, ky, ky_last, w + w_at + c,   \
                      w_y, w_x, y + y_at + at, out_width, channels, count, finish == ACCUMULATE);                        \
      else if (width == 7)                                                                         \
        depthwise_row(size, 2, 7, ring, ring_row, item_channels, top, ky, ky_last, w + w_at + c,   \
                      w_y, w_x, y + y_at + at, out_width, channels, count, finish == ACCUMULATE);                        \
      else                                                                                         \
        depthwise_row(size, 2, 4, ring, ring_row, item_channels, top, ky, ky_last, w + w_at + c,   \
                      w_y, w_x, y + y_at + at, out_width, channels, count, finish == ACCUMULATE);                        \
      if (finish > ACCUMULATE)                                                                         \
        for (int v = 0; v < count; v += V)                                                         \
          finish_tile(1, f, y + y_at, at + v, channels, c + v, count - v, out_width, sums - c,     \
                      item_channels, row == first);                                                \
    }                                                                                              \
    if (finish == STATISTICS)                                                                      \
      store_sums(finish, sums - c, item_channels, (last - first) * out_width,                      \
                 partial + partial_at + (long)(item / groups) * 2 * channels, channels, c,         \
                 c + count);                                                                       \
  }                                                                                                \
  NATIVE(JOIN(depthwise, size))

DEPTHWISE(3)
DEPTHWISE(5)
DEPTHWISE(7)
