// The gradient of a depthwise convolution's weights, in the tiles of depthwise.cl: `width`
// neighbouring gradients stay in registers while a row of the input passes by.

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

inline void depthwise_weights_rows(const int width, const int size, const int stride,
                                   global const float *x, global const float *dy, int first,
                                   int last, int in_height, int in_width, int out_height,
                                   int out_width, int channels, int padding, vec *acc) {
  for (int row = first; row < last; row++) {
    const int n = row / out_height, top = row % out_height * stride - padding;
    for (int ox = 0; ox < out_width; ox += width)
      depthwise_weights_tile(
          width, size, stride, x + ((long)n * in_height + top) * in_width * channels,
          in_width * channels, in_width, ox * stride - padding, max(-top, 0),
          min(size, in_height - top), dy + ((long)row * out_width + ox) * channels, out_width - ox,
          channels, acc);
  }
}

// partial[split, ky, kx, c] = sum over the split's output rows of x * gradient, stride 1 or 2.
// Work-items: splits (of `chunk` output rows) x channel vectors.
#define DEPTHWISE_WEIGHTS(size)                                                                    \
  kernel void JOIN(depthwise_weights, size)(                                                       \
      const int items, global const float *x, const long x_at, global const float *dy,             \
      const long dy_at, global float *partial, const long partial_at, const int rows,              \
      const int in_height, const int in_width, const int out_height, const int out_width,          \
      const int channels, const int stride, const int padding, const int width, const int chunk) { \
    ITEM(item);                                                                                    \
    const int vectors = (channels + V - 1) / V;                                                    \
    const int c = item % vectors * V, split = item / vectors;                                      \
    const int first = split * chunk, last = min(first + chunk, rows);                              \
    vec acc[size * size];                                                                          \
    for (int k = 0; k < size * size; k++)                                                          \
      acc[k] = (vec)(0.0f);                                                                        \
    if (stride == 1)                                                                               \
      DEPTHWISE_WIDTHS(width, depthwise_weights_rows, size, 1, x + x_at + c, dy + dy_at + c,       \
                       first, last, in_height, in_width, out_height, out_width, channels, padding, \
                       acc)                                                                        \
    else                                                                                           \
      DEPTHWISE_WIDTHS(width, depthwise_weights_rows, size, 2, x + x_at + c, dy + dy_at + c,       \
                       first, last, in_height, in_width, out_height, out_width, channels, padding, \
                       acc)                                                                        \
    for (int k = 0; k < size * size; k++)                                                          \
      vector_store_part(acc[k], channels - c,                                                      \
                        partial + partial_at + ((long)split * size * size + k) * channels + c);    \
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
