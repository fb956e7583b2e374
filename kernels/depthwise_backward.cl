// Both gradients of a depthwise convolution in one pass over the rows of its input.
//
// A work-item walks down the input's rows of some channels with the last rows of the gradient in
// its scratch, zeros where it ends. Each of its vectors is loaded once in a row for all the taps it
// meets, and serves the input's gradient and the weights'.
#include "reading.h"

// Gradient column o and tap kx meet input column o*stride + kx - size/2.
inline void depthwise_backward_row(const int size, const int stride, const int width,
                                   global const float *ring, int ring_row, int pixel, int iy,
                                   int out_height, global const float *x, global const float *w,
                                   int w_y, int w_x, global float *dw, global float *dx,
                                   int in_width, int channels, int count, int accumulate) {
  const int pad = size / 2, before = pad / stride;
  for (int v = 0; v < count; v += V)
    for (int ix = 0; ix < in_width; ix += width) {
      vec acc[8], xv[8];
#pragma unroll
      for (int t = 0; t < width; t++) {
        acc[t] = (vec)(0.0f);
        xv[t] = vector_load(x + (ix + t) * pixel + v);
      }
      for (int ky = (iy + pad) % stride; ky < size; ky += stride) {
        const int oy = (iy + pad - ky) / stride;
        if (iy + pad < ky || oy >= out_height)
          continue;
        global const float *d = ring + (long)(oy % size) * ring_row + ix / stride * pixel + v;
        global float *sums = dw + ky * size * pixel + v;
        vec wv[7], sum[7];
#pragma unroll
        for (int kx = 0; kx < size; kx++) {
          wv[kx] = vector_load(w + (long)ky * w_y + (long)kx * w_x + v);
          sum[kx] = vector_load(sums + kx * pixel);
        }
#pragma unroll
        for (int j = 0; j <= (width - 1 + pad) / stride + before; j++) {
          const vec g = vector_load(d + j * pixel);
#pragma unroll
          for (int kx = 0; kx < size; kx++)
            if ((j - before) * stride + kx - pad >= 0 &&
                (j - before) * stride + kx - pad < width) {
              acc[(j - before) * stride + kx - pad] =
                  fma(g, wv[kx], acc[(j - before) * stride + kx - pad]);
              sum[kx] = fma(g, xv[(j - before) * stride + kx - pad], sum[kx]);
            }
        }
#pragma unroll
        for (int kx = 0; kx < size; kx++)
          vector_store(sum[kx], sums + kx * pixel);
      }
      if (dx) {
#pragma unroll
        for (int t = 0; t < width; t++)
          if (ix + t < in_width)
            vector_put(acc[t], count - v, dx + (long)(ix + t) * channels + v, accumulate);
      }
    }
}

// Work-items: groups of `item_rows` input rows (n, iy) x groups of `item_channels` channels.
#define DEPTHWISE_BACKWARD(size)                                                                   \
  kernel void JOIN(depthwise_backward, size)(                                                      \
      const int items, global const float *x, const long x_at, global const float *x_table,        \
      const long x_table_at, const int view, global const float *dy, const long dy_at,             \
      global const float *z, const long z_at, global const float *dy_table,                        \
      const long dy_table_at, const int dy_view, global const float *w, const long w_at,           \
      const int w_y, const int w_x, global float *dx, const long dx_at, global float *partial_w,   \
      const long partial_w_at, const int rows, const int in_height, const int in_width,            \
      const int out_height, const int out_width, const int channels, const int stride,             \
      const int width, const int item_rows, const int item_channels, global float *scratch,        \
      const long scratch_at, const long scratch_item, const int finish, const int activation,      \
      global const float *addend, const long addend_at, global const float *finish_x,              \
      const long finish_x_at, global const float *saved, const long saved_at,                      \
      global float *partial, const long partial_at) {                                              \
    ITEM(item);                                                                                    \
    const int groups = (channels + item_channels - 1) / item_channels;                             \
    const int c = item % groups * item_channels, count = min(item_channels, channels - c);         \
    const int first = item / groups * item_rows, last = min(first + item_rows, rows);              \
    const int tiles = (in_width + width - 1) / width, before = size / 2 / stride;                  \
    const int ring_row = ((tiles * width - 1 + size / 2) / stride + before + 1) * item_channels;   \
    const Reading rx = reading(x + x_at, 0, x_table + x_table_at, channels, view);                 \
    const Reading rd = reading(dy + dy_at, z + z_at, dy_table + dy_table_at, channels, dy_view);   \
    const Finish f = {finish, activation, addend ? addend + addend_at : 0, 0, 0, 0, 0, 0.0f,       \
                      x + x_at, saved + saved_at, channels};                                       \
    global float *sums = scratch + scratch_at + item * scratch_item;                               \
    global float *dw = sums + 2 * item_channels;                                                   \
    global float *ring = dw + size * size * item_channels;                                         \
    global float *xr = ring + size * ring_row;                                                     \
    for (global float *p = dw; p < xr + tiles * width * item_channels; p += V)                     \
      vector_store((vec)(0.0f), p);                                                                \
    int next = 0;                                                                                  \
    for (int row = first; row < last; row++) {                                                     \
      const int n = row / in_height, iy = row % in_height;                                         \
      const int above = iy + size / 2 - (size - 1);                                                \
      if (iy == 0 || row == first)                                                                 \
        next = above > 0 ? (above + stride - 1) / stride : 0;                                      \
      for (; next <= min((iy + size / 2) / stride, out_height - 1); next++)                        \
        for (int i = 0; i < out_width; i++)                                                        \
          read_pixel(rd, (((long)n * out_height + next) * out_width + i) * channels, c, c + count, \
                     ring + (long)(next % size) * ring_row + (before + i) * item_channels);        \
      const long at = (long)row * in_width * channels + c;                                         \
      for (int i = 0; i < in_width; i++)                                                           \
        read_pixel(rx, at - c + (long)i * channels, c, c + count, xr + i * item_channels);         \
      global float *dxr = dx ? dx + dx_at + at : 0;                                                \
      if (stride == 1 && width == 7)                                                               \
        depthwise_backward_row(size, 1, 7, ring, ring_row, item_channels, iy, out_height, xr,      \
                               w + w_at + c, w_y, w_x, dw, dxr, in_width, channels, count, finish == ACCUMULATE);        \
      else if (stride == 1)                                                                        \
        depthwise_backward_row(size, 1, 4, ring, ring_row, item_channels, iy, out_height, xr,      \
                               w + w_at + c, w_y, w_x, dw, dxr, in_width, channels, count, finish == ACCUMULATE);        \
      else if (width == 8)                                                                         \
        depthwise_backward_row(size, 2, 8, ring, ring_row, item_channels, iy, out_height, xr,      \
                               w + w_at + c, w_y, w_x, dw, dxr, in_width, channels, count, finish == ACCUMULATE);        \
      else                                                                                         \
        depthwise_backward_row(size, 2, 4, ring, ring_row, item_channels, iy, out_height, xr,      \
                               w + w_at + c, w_y, w_x, dw, dxr, in_width, channels, count, finish == ACCUMULATE);        \
      if (dx && finish == FINISH)                                                      \
        for (int v = 0; v < count; v += V)                                                         \
          finish_tile(1, f, dx + dx_at, at + v, channels, c + v, count - v, in_width, sums - c,    \
                      item_channels, row == first);                                                \
    }                                                                                              \
    const int split = item / groups;                                                               \
    if (partial_w)                                                                                 \
      for (int k = 0; k < size * size; k++)                                                        \
        for (int v = 0; v < count; v += V)                                                         \
          vector_store_part(vector_load(dw + k * item_channels + v), count - v,                    \
                            partial_w + partial_w_at +                                             \
                                ((long)split * size * size + k) * channels + c + v);               \
    if (dx && finish == FINISH)                                                                    \
      store_sums(FINISH, sums - c, item_channels, 0,                                               \
                 partial + partial_at + (long)split * 2 * channels, channels, c, c + count);       \
  }                                                                                                \
  NATIVE(JOIN(depthwise_backward, size))

DEPTHWISE_BACKWARD(3)
DEPTHWISE_BACKWARD(5)
DEPTHWISE_BACKWARD(7)
