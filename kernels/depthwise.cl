// Depthwise convolution, channels last, weights [ky,kx,c] with strides; lanes are channels.
//
// A tile of `width` neighbouring outputs stays in registers: each input vector is loaded once for
// all the taps it meets, and skipped where it lies in the padding. Widths of 4 to 7 fit the sizes
// 5, 6, 7, 10, 12, 14, ... of feature maps without a remainder.

// Calls FUNCTION(width, ...) with the width as a constant.
#define DEPTHWISE_WIDTHS(width, FUNCTION, ...)                                                     \
  switch (width) {                                                                                 \
  case 4:                                                                                          \
    FUNCTION(4, __VA_ARGS__);                                                                      \
    break;                                                                                         \
  case 5:                                                                                          \
    FUNCTION(5, __VA_ARGS__);                                                                      \
    break;                                                                                         \
  case 6:                                                                                          \
    FUNCTION(6, __VA_ARGS__);                                                                      \
    break;                                                                                         \
  default:                                                                                         \
    FUNCTION(7, __VA_ARGS__);                                                                      \
  }

// Outputs [ox, ox + width) of one row from the `kernel_rows` input rows that lie inside.
inline void depthwise_tile(const int width, const int size, const int stride, global const float *x,
                           int row_stride, int in_width, int left, int kernel_rows,
                           global const float *w, int w_y, int w_x, global float *y, int count,
                           int channels, int channels_left, int accumulate) {
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
#pragma unroll
  for (int t = 0; t < width; t++)
    if (t < count)
      vector_put(acc[t], channels_left, y + (long)t * channels, accumulate);
}

inline void depthwise_rows(const int width, const int size, const int stride, global const float *x,
                           global const float *w, int w_y, int w_x, global float *y, int first,
                           int last, int in_height, int in_width, int out_height, int out_width,
                           int channels, int c_first, int c_last, int padding, int accumulate) {
  for (int row = first; row < last; row++) {
    const int n = row / out_height, top = row % out_height * stride - padding;
    const int ky = max(-top, 0), kernel_rows = min(size, in_height - top) - ky;
    global const float *xr = x + ((long)n * in_height + top + ky) * in_width * channels;
    for (int ox = 0; ox < out_width; ox += width)
      for (int c = c_first; c < c_last; c += V)
        depthwise_tile(width, size, stride, xr + c, in_width * channels, in_width,
                       ox * stride - padding, kernel_rows, w + (long)ky * w_y + c, w_y, w_x,
                       y + ((long)row * out_width + ox) * channels + c, out_width - ox, channels,
                       channels - c, accumulate);
  }
}

// y[oy,ox] (+)= sum of x[oy*stride - padding + ky, ...] * w[ky,kx], stride 1 or 2. The gradient of
// the input at stride 1 is the same with the kernel turned round: negative strides.
// Work-items: groups of `item_rows` output rows (n, oy) x channel vectors.
#define DEPTHWISE(size)                                                                            \
  kernel void JOIN(depthwise, size)(                                                               \
      const int items, global const float *x, const long x_at, global const float *w,              \
      const long w_at, const int w_y, const int w_x, global float *y, const long y_at,             \
      const int rows, const int in_height, const int in_width, const int out_height,               \
      const int out_width, const int channels, const int stride, const int padding,                \
      const int width, const int item_rows, const int item_channels, const int accumulate) {       \
    ITEM(item);                                                                                    \
    const int groups = (channels + item_channels - 1) / item_channels;                             \
    const int c = item % groups * item_channels, c_last = min(c + item_channels, channels);        \
    const int first = item / groups * item_rows;                                                   \
    const int last = min(first + item_rows, rows);                                                 \
    if (stride == 1)                                                                               \
      DEPTHWISE_WIDTHS(width, depthwise_rows, size, 1, x + x_at, w + w_at, w_y, w_x, y + y_at,     \
                       first, last, in_height, in_width, out_height, out_width, channels, c,       \
                       c_last, padding, accumulate)                                                \
    else                                                                                           \
      DEPTHWISE_WIDTHS(width, depthwise_rows, size, 2, x + x_at, w + w_at, w_y, w_x, y + y_at,     \
                       first, last, in_height, in_width, out_height, out_width, channels, c,       \
                       c_last, padding, accumulate)                                                \
  }                                                                                                \
  NATIVE(JOIN(depthwise, size))

DEPTHWISE(3)
DEPTHWISE(5)
DEPTHWISE(7)

// The first tap with which output o meets an input position (see `Gather` in prelude.h).
inline int first_tap(int o, Gather g) {
  int k = 0;
  while (k < g.div && (o * g.mul + g.shift + k * g.step) % g.div != 0)
    k++;
  return k;
}

// Any stride and dilation, in either direction: one output after the other. From the first tap that
// meets an input, every `tap_step`th does.
kernel void depthwise_gather(const int items, global const float *x, const long x_at,
                             global const float *w, const long w_at, const int w_y, const int w_x,
                             global float *y, const long y_at, const int rows, const int in_height,
                             const int in_width, const int out_height, const int out_width,
                             const int channels, const int size, const int mul, const int div,
                             const int shift, const int step, const int tap_step,
                             const int item_rows, const int accumulate) {
  ITEM(item); // groups of `item_rows` output rows (n, oy) x channel vectors
  const int vectors = (channels + V - 1) / V;
  const int c = item % vectors * V, first = item / vectors * item_rows;
  const Gather g = {mul, div, shift, step};
  const int i_step = tap_step * step / div;
  w += w_at + c;
  for (int row = first; row < min(first + item_rows, rows); row++) {
    const int n = row / out_height, oy = row % out_height, ky_first = first_tap(oy, g);
    global const float *xn = x + x_at + (long)n * in_height * in_width * channels + c;
    for (int ox = 0; ox < out_width; ox++) {
      const int kx_first = first_tap(ox, g);
      const int ix_first = (ox * mul + shift + kx_first * step) / div;
      int iy = (oy * mul + shift + ky_first * step) / div;
      vec acc = (vec)(0.0f);
      for (int ky = ky_first; ky < size; ky += tap_step, iy += i_step)
        if (iy >= 0 && iy < in_height) {
          int ix = ix_first;
          for (int kx = kx_first; kx < size; kx += tap_step, ix += i_step)
            if (ix >= 0 && ix < in_width)
              acc = fma(vector_load(xn + ((long)iy * in_width + ix) * channels),
                        vector_load(w + (long)ky * w_y + (long)kx * w_x), acc);
        }
      vector_put(acc, channels - c, y + y_at + ((long)row * out_width + ox) * channels + c,
                 accumulate);
    }
  }
}
NATIVE(depthwise_gather)

// acc[ky,kx] += x * gradient over `count` neighbouring outputs of one row.
inline void depthwise_weights_tile(const int width, const int size, const int stride,
                                   global const float *x, int row_stride, int in_width, int left,
                                   int ky_first, int ky_last, global const float *dy, int count,
                                   int channels, vec *acc) {
  vec g[7];
#pragma unroll
  for (int t = 0; t < width; t++)
    g[t] = t < count ? vector_load(dy + (long)t * channels) : (vec)(0.0f);
  for (int ky = ky_first; ky < ky_last; ky++) {
    global const float *xr = x + (long)ky * row_stride;
    vec sum[7];
#pragma unroll
    for (int kx = 0; kx < size; kx++)
      sum[kx] = acc[ky * size + kx];
#pragma unroll
    for (int j = 0; j < (width - 1) * stride + size; j++)
      if (left + j >= 0 && left + j < in_width) {
        const vec xv = vector_load(xr + (long)(left + j) * channels);
#pragma unroll
        for (int kx = 0; kx < size; kx++)
          if (j >= kx && (j - kx) % stride == 0 && (j - kx) / stride < width)
            sum[kx] = fma(xv, g[(j - kx) / stride], sum[kx]);
      }
#pragma unroll
    for (int kx = 0; kx < size; kx++)
      acc[ky * size + kx] = sum[kx];
  }
}

// Rows in blocks, and a block's channel vectors one after the other, so that memory is read in
// order.
inline void depthwise_weights_rows(const int width, const int size, const int stride,
                                   global const float *x, global const float *dy,
                                   global float *partial, int first, int last, int block,
                                   int in_height, int in_width, int out_height, int out_width,
                                   int channels, int c_first, int c_last, int padding) {
  for (int from = first; from < last; from += block)
    for (int c = c_first; c < c_last; c += V) {
      vec acc[7 * 7];
      for (int k = 0; k < size * size; k++)
        acc[k] = (vec)(0.0f);
      for (int row = from; row < min(from + block, last); row++) {
        const int n = row / out_height, top = row % out_height * stride - padding;
        for (int ox = 0; ox < out_width; ox += width)
          depthwise_weights_tile(
              width, size, stride, x + ((long)n * in_height + top) * in_width * channels + c,
              in_width * channels, in_width, ox * stride - padding, max(-top, 0),
              min(size, in_height - top), dy + ((long)row * out_width + ox) * channels + c,
              out_width - ox, channels, acc);
      }
      for (int k = 0; k < size * size; k++)
        vector_put(acc[k], channels - c, partial + (long)k * channels + c, from > first);
    }
}

// partial[split, ky, kx, c] = sum over the split's output rows of x * gradient, stride 1 or 2.
// Work-items: splits (of `chunk` output rows) x groups of `item_channels`.
#define DEPTHWISE_WEIGHTS(size)                                                                    \
  kernel void JOIN(depthwise_weights, size)(                                                       \
      const int items, global const float *x, const long x_at, global const float *dy,             \
      const long dy_at, global float *partial, const long partial_at, const int rows,              \
      const int in_height, const int in_width, const int out_height, const int out_width,          \
      const int channels, const int stride, const int padding, const int width, const int chunk,   \
      const int block, const int item_channels) {                                                  \
    ITEM(item);                                                                                    \
    const int groups = (channels + item_channels - 1) / item_channels, split = item / groups;      \
    const int c = item % groups * item_channels, c_last = min(c + item_channels, channels);        \
    const int first = split * chunk, last = min(first + chunk, rows);                              \
    partial += partial_at + (long)split * size * size * channels;                                  \
    if (stride == 1)                                                                               \
      DEPTHWISE_WIDTHS(width, depthwise_weights_rows, size, 1, x + x_at, dy + dy_at, partial,      \
                       first, last, block, in_height, in_width, out_height, out_width, channels,   \
                       c, c_last, padding)                                                         \
    else                                                                                           \
      DEPTHWISE_WIDTHS(width, depthwise_weights_rows, size, 2, x + x_at, dy + dy_at, partial,      \
                       first, last, block, in_height, in_width, out_height, out_width, channels,   \
                       c, c_last, padding)                                                         \
  }                                                                                                \
  NATIVE(JOIN(depthwise_weights, size))

DEPTHWISE_WEIGHTS(3)
DEPTHWISE_WEIGHTS(5)
DEPTHWISE_WEIGHTS(7)

// The same for any stride and dilation, an item for each tap.
kernel void depthwise_weights_gather(const int items, global const float *x, const long x_at,
                                     global const float *dy, const long dy_at,
                                     global float *partial, const long partial_at, const int rows,
                                     const int in_height, const int in_width, const int out_height,
                                     const int out_width, const int channels, const int size,
                                     const int stride, const int dilation, const int padding,
                                     const int chunk) {
  ITEM(item); // splits (of `chunk` output rows) x taps x channel vectors
  const int vectors = (channels + V - 1) / V;
  const int c = item % vectors * V, tap = item / vectors % (size * size);
  const int split = item / vectors / (size * size), first = split * chunk;
  const int shift_y = tap / size * dilation - padding, shift_x = tap % size * dilation - padding;
  vec acc = (vec)(0.0f);
  for (int row = first; row < min(first + chunk, rows); row++) {
    const int n = row / out_height, iy = row % out_height * stride + shift_y;
    if (iy < 0 || iy >= in_height)
      continue;
    global const float *xr = x + x_at + ((long)n * in_height + iy) * in_width * channels + c;
    for (int ox = 0; ox < out_width; ox++) {
      const int ix = ox * stride + shift_x;
      if (ix >= 0 && ix < in_width)
        acc = fma(vector_load(xr + (long)ix * channels),
                  vector_load(dy + dy_at + ((long)row * out_width + ox) * channels + c), acc);
    }
  }
  vector_store_part(acc, channels - c,
                    partial + partial_at + ((long)split * size * size + tap) * channels + c);
}
NATIVE(depthwise_weights_gather)
