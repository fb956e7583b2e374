// Depthwise convolution for inference: the input is read as it is, and what is stored is normalized
// and activated in registers. The padding is that which keeps the size at stride 1.
#include "reading.h"

// Outputs [ox, ox + width) of one row and one vector of channels, from the `kernel_rows` input rows
// that lie inside; the input's column 0 is at x, the first output's window begins at `left`.
inline void direct_tile(const int width, const int size, const int stride, global const float *x,
                        int row_stride, int in_width, int left, int kernel_rows,
                        global const float *w, int w_y, int w_x, Finish f,
                        global const float *scales, global float *y, int count, int channels,
                        int channels_left) {
  vec acc[7];
#pragma unroll
  for (int t = 0; t < width; t++)
    acc[t] = (vec)(0.0f);
  for (int ky = 0; ky < kernel_rows; ky++) {
    vec wv[7];
#pragma unroll
    for (int kx = 0; kx < size; kx++)
      wv[kx] = vector_load(w + (long)ky * w_y + (long)kx * w_x);
    global const float *xr = x + (long)ky * row_stride;
#pragma unroll
    for (int j = 0; j < (width - 1) * stride + size; j++)
      if (left + j >= 0 && left + j < in_width) {
        const vec xv = vector_load(xr + (long)(left + j) * channels);
#pragma unroll
        for (int kx = 0; kx < size; kx++)
          if (j >= kx && (j - kx) % stride == 0 && (j - kx) / stride < width)
            acc[(j - kx) / stride] = fma(xv, wv[kx], acc[(j - kx) / stride]);
      }
  }
  const vec scale = vector_load(scales), shift = vector_load(scales + channels + V);
#pragma unroll
  for (int t = 0; t < width; t++)
    if (t < count) {
      vec value = fma(acc[t], scale, shift);
      if (f.activation != IDENTITY)
        value = fmin(fmax(value, (vec)(0.0f)), (vec)(f.hi));
      finish_store(f, value, channels_left, y + (long)t * channels);
    }
}

inline void direct_row(const int width, const int size, const int stride, global const float *x,
                       int in_width, int kernel_rows, global const float *w, int w_y, int w_x,
                       Finish f, global const float *scales, global float *y, int out_width,
                       int channels, int c_first, int c_last, global const float *ahead,
                       int ahead_count) {
  for (int ox = 0; ox < out_width; ox += width) {
    prefetch_part(ahead, ahead_count, ox / width, (out_width + width - 1) / width);
    for (int c = c_first; c < c_last; c += V)
      direct_tile(width, size, stride, x + c, in_width * channels, in_width, ox * stride - size / 2,
                  kernel_rows, w + c, w_y, w_x, f, scales + c, y + (long)ox * channels + c,
                  out_width - ox, channels, c_last - c);
  }
}

// Activations that clamp, nothing to add. Work-items: groups of `item_rows` output rows (n, oy) x
// groups of `item_channels` channels.
#define DEPTHWISE_DIRECT(size)                                                                     \
  kernel void JOIN(depthwise_direct, size)(                                                        \
      const int items, global const float *x, const long x_at, global const float *w,              \
      const long w_at, const int w_y, const int w_x, global float *y, const long y_at,             \
      const int rows, const int in_height, const int in_width, const int out_height,               \
      const int out_width, const int channels, const int stride, const int width,                  \
      const int item_rows, const int item_channels, global float *scratch, const long scratch_at,  \
      const long scratch_item, const int activation, global const float *gamma,                    \
      const long gamma_at, global const float *beta, const long beta_at, global const float *mean, \
      const long mean_at, global const float *variance, const long variance_at,                    \
      const float epsilon) {                                                                       \
    ITEM(item);                                                                                    \
    const int groups = (channels + item_channels - 1) / item_channels;                             \
    const int c = item % groups * item_channels, c_last = min(c + item_channels, channels);        \
    const int first = item / groups * item_rows, last = min(first + item_rows, rows);              \
    const Finish given = {NORMALIZE,                                                               \
                          activation,                                                              \
                          0,                                                                       \
                          gamma ? gamma + gamma_at : 0,                                            \
                          beta + beta_at,                                                          \
                          mean + mean_at,                                                          \
                          variance + variance_at,                                                  \
                          epsilon,                                                                 \
                          0,                                                                       \
                          0,                                                                       \
                          channels};                                                               \
    const Finish f =                                                                               \
        with_limits(given, streams(y + y_at, channels, (long)rows * out_width * channels));        \
    global float *scales = scratch + scratch_at + scratch_slot(item) * scratch_item;               \
    for (int i = c; i < c_last; i += V) {                                                          \
      vec scale, shift;                                                                            \
      inference_scale(f, i, &scale, &shift);                                                       \
      vector_store(scale, scales + i);                                                             \
      vector_store(shift, scales + channels + V + i);                                              \
    }                                                                                              \
    for (int row = first; row < last; row++) {                                                     \
      const int n = row / out_height, top = row % out_height * stride - size / 2;                  \
      const int ky = max(-top, 0), kernel_rows = min(size, in_height - top) - ky;                  \
      global const float *xr = x + x_at + ((long)n * in_height + top + ky) * in_width * channels;  \
      global const float *wr = w + w_at + (long)ky * w_y;                                          \
      global float *yr = y + y_at + (long)row * out_width * channels;                              \
      /* What the next row of outputs reads first. */                                              \
      const int ahead = groups == 1 && row + 1 < last ? stride * in_width * channels : 0;          \
      global const float *below = xr + (long)kernel_rows * in_width * channels;                    \
      if (stride == 1 && width == 7)                                                               \
        direct_row(7, size, 1, xr, in_width, kernel_rows, wr, w_y, w_x, f, scales, yr, out_width,  \
                   channels, c, c_last, below, ahead);                                             \
      else if (stride == 1)                                                                        \
        direct_row(4, size, 1, xr, in_width, kernel_rows, wr, w_y, w_x, f, scales, yr, out_width,  \
                   channels, c, c_last, below, ahead);                                             \
      else if (width == 7)                                                                         \
        direct_row(7, size, 2, xr, in_width, kernel_rows, wr, w_y, w_x, f, scales, yr, out_width,  \
                   channels, c, c_last, below, ahead);                                             \
      else                                                                                         \
        direct_row(4, size, 2, xr, in_width, kernel_rows, wr, w_y, w_x, f, scales, yr, out_width,  \
                   channels, c, c_last, below, ahead);                                             \
    }                                                                                              \
  }                                                                                                \
  NATIVE(JOIN(depthwise_direct, size))

DEPTHWISE_DIRECT(3)
DEPTHWISE_DIRECT(5)
DEPTHWISE_DIRECT(7)
