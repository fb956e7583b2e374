// Depthwise convolution by work-groups, weights [ky,kx,c] with strides, padded to keep the size at
// stride 1; with strides negated and a gradient's reading, the input's gradient at stride 1.
//
// A group takes a band of output rows in tiles eight columns wide. The input's tile lies in local
// memory; neighbouring items have neighbouring channels, and four neighbouring outputs each.
#include "group_depthwise.h"

#if V == 4

inline vec depthwise_output(const int size, const int in_row, local const vec *room,
                            local const vec *taps) {
  vec sum = (vec)(0.0f);
  for (int ky = 0; ky < size; ky++)
#pragma unroll
    for (int kx = 0; kx < size; kx++)
      sum = fma(room[(ky * in_row + kx) * CHANNEL_VECTORS],
                taps[(ky * size + kx) * CHANNEL_VECTORS], sum);
  return sum;
}

inline void depthwise_strip(const int size, const int stride, const int in_row,
                            local const vec *room, local const vec *taps, vec acc[STRIP]) {
#pragma unroll
  for (int t = 0; t < STRIP; t++)
    acc[t] = (vec)(0.0f);
  for (int ky = 0; ky < size; ky++) {
#pragma unroll
    for (int j = 0; j < (STRIP - 1) * stride + size; j++) {
      const vec x = room[(ky * in_row + j) * CHANNEL_VECTORS];
#pragma unroll
      for (int kx = 0; kx < size; kx++)
        if (j >= kx && (j - kx) % stride == 0 && (j - kx) / stride < STRIP)
          acc[(j - kx) / stride] =
              fma(x, taps[(ky * size + kx) * CHANNEL_VECTORS], acc[(j - kx) / stride]);
    }
  }
}

// Columns of the input's gradient at stride 2: gradient column o and tap kx meet column
// o*2 + kx - size/2. `room` begins half a window before the strip, rounded down to whole pairs.
inline void spread_strip(const int size, local const vec *room, local const vec *taps,
                         vec acc[STRIP]) {
  const int pad = size / 2, before = (pad + 1) / 2;
#pragma unroll
  for (int t = 0; t < STRIP; t++)
#pragma unroll
    for (int kx = 0; kx < size; kx++)
      if ((t + pad + kx) % 2 == 0)
        acc[t] = fma(room[((t + pad - kx + 2 * before) / 2) * CHANNEL_VECTORS],
                     taps[kx * CHANNEL_VECTORS], acc[t]);
}

// Groups: splits of `share` output rows (n, oy) x groups of channels.
#define GROUP_DEPTHWISE_PARAMETERS                                                                 \
  const int items, global const element *x, const long x_at, global const float *gradient,         \
      const long gradient_at, global const float *table, const long table_at, const int view,      \
      global const float *w, const long w_at, const int w_y, const int w_x, global float *y,       \
      const long y_at, const int rows, const int in_height, const int in_width,                    \
      const int out_height, const int out_width, const int channels, const int share,              \
      const int finish, const int activation, global const float *addend, const long addend_at,    \
      global const element *finish_x, const long finish_x_at, global const float *saved,           \
      const long saved_at, global const float *gamma, const long gamma_at,                         \
      global const float *beta, const long beta_at, global const float *mean, const long mean_at,  \
      global const float *variance, const long variance_at, const float epsilon,                   \
      global float *partial, const long partial_at

#define GROUP_DEPTHWISE_BEGIN(band)                                                                \
  const Image in = {in_height, in_width, channels}, out = {out_height, out_width, channels};       \
  const Reading r = reading(x + x_at, gradient + gradient_at, table + table_at, channels, view);   \
  const Finish f = {finish,                                                                        \
                    activation,                                                                    \
                    addend ? addend + addend_at : 0,                                               \
                    gamma ? gamma + gamma_at : 0,                                                  \
                    beta + beta_at,                                                                \
                    mean + mean_at,                                                                \
                    variance + variance_at,                                                        \
                    epsilon,                                                                       \
                    finish_x + finish_x_at,                                                        \
                    saved + saved_at,                                                              \
                    channels};                                                                     \
  const Share s = group_share(out, rows, share, band);                                             \
  const int v = get_local_id(0) % CHANNEL_VECTORS, strip = get_local_id(0) / CHANNEL_VECTORS;      \
  const int line = strip / 2, x_in = strip % 2 * STRIP, c = s.c + v * V;                           \
  Gathered gathered = {(vec)(0.0f), (vec)(0.0f), (vec)(0.0f)};                                     \
  const FinishTable finish_of = finish_table(f, c < channels ? c : 0);                             \
  const ReadingTable table_of = reading_table(r, c < channels ? c : 0);                            \
  y = finish == STATISTICS ? (global float *)((global element *)y + y_at) : y + y_at;              \
  partial += partial_at

// A tile's strip of four, where it lies inside.
#define GROUP_DEPTHWISE_STORE(acc)                                                                 \
  if (line < t.rows && c < channels)                                                               \
  finish_strip(f, finish_of, acc, out_width - t.left - x_in, channels - c, y,                      \
               ((long)(t.row + line) * out_width + t.left + x_in) * channels + c, &gathered)

#define GROUP_DEPTHWISE(size, stride, band)                                                        \
  GROUP_KERNEL(band * 16)                                                                          \
  JOIN(JOIN(group_depthwise, size), JOIN(_, stride))(GROUP_DEPTHWISE_PARAMETERS) {                 \
    local vec                                                                                      \
        room[((band - 1) * stride + size) * ((TILE_WIDTH - 1) * stride + size) * CHANNEL_VECTORS]; \
    local vec taps[size * size * CHANNEL_VECTORS];                                                 \
    const int in_row = (TILE_WIDTH - 1) * stride + size;                                           \
    GROUP_DEPTHWISE_BEGIN(band);                                                                   \
    stage_taps(w + w_at, w_y, w_x, size, s.c, channels, band * 16, taps);                          \
    for (int i = 0; i < s.tiles; i++) {                                                            \
      const Patch t = patch_at(s, i, band);                                                        \
      barrier(CLK_LOCAL_MEM_FENCE);                                                                \
      stage_pixels(r, table_of, in, t.n, c, t.y *stride - size / 2, t.left * stride - size / 2,    \
                   (t.rows - 1) * stride + size, (band - 1) * stride + size, in_row, band * 16, 4, \
                   room);                                                                          \
      barrier(CLK_LOCAL_MEM_FENCE);                                                                \
      if (i == 0)                                                                                  \
        gathered.origin = depthwise_output(size, in_row, room + v, taps + v);                      \
      vec acc[STRIP];                                                                              \
      depthwise_strip(size, stride, in_row,                                                        \
                      room + (min(line, t.rows - 1) * in_row + x_in) * stride * CHANNEL_VECTORS +  \
                          v,                                                                       \
                      taps + v, acc);                                                              \
      GROUP_DEPTHWISE_STORE(acc);                                                                  \
    }                                                                                              \
    gather_sums(f, gathered, s, out_width, band * 2, room, partial);                               \
  }

// The input's gradient at stride 2: "in" is the gradient, "out" the input.
#define GROUP_DEPTHWISE_SPREAD(size)                                                               \
  GROUP_KERNEL(128)                                                                                \
  JOIN(group_depthwise_spread, size)(GROUP_DEPTHWISE_PARAMETERS) {                                 \
    local vec room[((size + 7) / 2 + 1) * ((size + 7) / 2 + 1) * CHANNEL_VECTORS];                 \
    local vec taps[size * size * CHANNEL_VECTORS];                                                 \
    const int in_row = (size + 7) / 2 + 1, pad = size / 2;                                         \
    GROUP_DEPTHWISE_BEGIN(8);                                                                      \
    stage_taps(w + w_at, w_y, w_x, size, s.c, channels, 128, taps);                                \
    for (int i = 0; i < s.tiles; i++) {                                                            \
      const Patch t = patch_at(s, i, 8);                                                           \
      const int top = (t.y - pad) >> 1, below = t.y + min(line, t.rows - 1) + pad;                 \
      barrier(CLK_LOCAL_MEM_FENCE);                                                                \
      stage_pixels(r, table_of, in, t.n, c, top, t.left / 2 - (pad + 1) / 2, in_row, in_row,       \
                   in_row, 128, 1, room);                                                          \
      barrier(CLK_LOCAL_MEM_FENCE);                                                                \
      vec acc[STRIP];                                                                              \
      for (int k = 0; k < STRIP; k++)                                                              \
        acc[k] = (vec)(0.0f);                                                                      \
      for (int ky = below % 2; ky < size; ky += 2)                                                 \
        spread_strip(                                                                              \
            size, room + ((((below - ky) >> 1) - top) * in_row + x_in / 2) * CHANNEL_VECTORS + v,  \
            taps + ky * size * CHANNEL_VECTORS + v, acc);                                          \
      GROUP_DEPTHWISE_STORE(acc);                                                                  \
    }                                                                                              \
    gather_sums(f, gathered, s, out_width, 16, room, partial);                                     \
  }

GROUP_DEPTHWISE(3, 1, 8)
GROUP_DEPTHWISE(5, 1, 8)
GROUP_DEPTHWISE(7, 1, 8)
GROUP_DEPTHWISE(3, 2, 4)
GROUP_DEPTHWISE(5, 2, 4)
GROUP_DEPTHWISE(7, 2, 2)
GROUP_DEPTHWISE_SPREAD(3)
GROUP_DEPTHWISE_SPREAD(5)
GROUP_DEPTHWISE_SPREAD(7)

#endif
