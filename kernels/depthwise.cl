// Depthwise convolution, channels last, weights [ky,kx,c] with strides; lanes are channels.
//
// A tile of `width` neighbouring outputs stays in registers: each input vector is loaded once for
// all the taps it meets, and skipped where it lies in the padding. Widths of 4 to 7 fit the sizes
// 5, 6, 7, 10, 12, 14, ... of feature maps without a remainder.

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

// The first tap with which output o meets an input position (see `Gather` in prelude.h); `size`
// where none does.
inline int first_tap(int o, int size, Gather g) {
  for (int k = 0; k < min(g.div, size); k++)
    if ((o * g.mul + g.shift + k * g.step) % g.div == 0)
      return k;
  return size;
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
    const int n = row / out_height, oy = row % out_height, ky_first = first_tap(oy, size, g);
    global const float *xn = x + x_at + (long)n * in_height * in_width * channels + c;
    for (int ox = 0; ox < out_width; ox++) {
      const int kx_first = first_tap(ox, size, g);
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
