// Depthwise convolution, channels last, weights [ky,kx,c] with strides; lanes are channels.
// One gather (see prelude.h) serves the forward pass and the gradient of the input.

// One output row of V channels. The kernel's size is a constant once inlined.
inline void depthwise_row(const int size, global const float *x, int x_column, int in_width,
                          const int *row_at, int row_stride, global const float *w, int w_y,
                          int w_x, global float *y, int out_width, int channels_left,
                          int out_channels, Gather gx, int accumulate) {
  vec wv[7 * 7];
#pragma unroll
  for (int ky = 0; ky < size; ky++) {
#pragma unroll
    for (int kx = 0; kx < size; kx++)
      wv[ky * size + kx] = vector_load(w + (long)ky * w_y + (long)kx * w_x);
  }
  for (int ox = 0; ox < out_width; ox++) {
    vec acc = (vec)(0.0f);
    const int left = ox * gx.mul + gx.shift;
    const int far = left + (size - 1) * gx.step;
    if (gx.div == 1 && min(left, far) >= 0 && max(left, far) < in_width) {
#pragma unroll
      for (int ky = 0; ky < size; ky++)
        if (row_at[ky] >= 0) {
          global const float *xp = x + (long)row_at[ky] * row_stride + (long)left * x_column;
#pragma unroll
          for (int kx = 0; kx < size; kx++)
            acc = fma(vector_load(xp + (long)kx * gx.step * x_column), wv[ky * size + kx], acc);
        }
    } else {
#pragma unroll
      for (int kx = 0; kx < size; kx++) {
        const int ix = gather_position(ox, kx, in_width, gx);
        if (ix >= 0) {
#pragma unroll
          for (int ky = 0; ky < size; ky++)
            if (row_at[ky] >= 0)
              acc = fma(vector_load(x + (long)row_at[ky] * row_stride + (long)ix * x_column),
                        wv[ky * size + kx], acc);
        }
      }
    }
    vector_put(acc, channels_left, y + (long)ox * out_channels, accumulate);
  }
}

inline void depthwise_item(const int size, int item, global const float *x, global const float *w,
                           int w_y, int w_x, global float *y, int rows, int in_height,
                           int in_width, int out_height, int out_width, int channels, int mul,
                           int div, int shift_y, int shift_x, int step, int item_rows,
                           int accumulate) {
  const int vectors = (channels + V - 1) / V;
  const int c = item % vectors * V, first = item / vectors * item_rows;
  const Gather gy = {mul, div, shift_y, step}, gx = {mul, div, shift_x, step};
  for (int row = first; row < min(first + item_rows, rows); row++) {
    const int n = row / out_height, oy = row % out_height;
    int row_at[7];
#pragma unroll
    for (int ky = 0; ky < size; ky++)
      row_at[ky] = gather_position(oy, ky, in_height, gy);
    depthwise_row(size, x + (long)n * in_height * in_width * channels + c, channels, in_width,
                  row_at, in_width * channels, w + c, w_y, w_x,
                  y + (long)row * out_width * channels + c, out_width, channels - c, channels, gx,
                  accumulate);
  }
}

// Work-items: groups of `item_rows` output rows (n, oy) x channel vectors.
#define DEPTHWISE(size)                                                                            \
  kernel void JOIN(depthwise, size)(                                                               \
      const int items, global const float *x, const long x_at, global const float *w,              \
      const long w_at, const int w_y, const int w_x, global float *y, const long y_at,             \
      const int rows, const int in_height, const int in_width, const int out_height,               \
      const int out_width, const int channels, const int mul, const int div, const int shift_y,    \
      const int shift_x, const int step, const int item_rows, const int accumulate) {              \
    ITEM(item);                                                                                    \
    depthwise_item(size, item, x + x_at, w + w_at, w_y, w_x, y + y_at, rows, in_height, in_width,  \
                   out_height, out_width, channels, mul, div, shift_y, shift_x, step, item_rows,   \
                   accumulate);                                                                    \
  }                                                                                                \
  NATIVE(JOIN(depthwise, size))

DEPTHWISE(3)
DEPTHWISE(5)
DEPTHWISE(7)

// partial[split, ky, kx, c] = sum over the split's output rows of x * gradient, a kernel row at a time.
inline void depthwise_weights_item(const int size, int item, global const float *x,
                                   global const float *dy, global float *partial, int rows,
                                   int in_height, int in_width, int out_height, int out_width,
                                   int channels, int stride, int dilation, int padding_y,
                                   int padding_x, int chunk) {
  const int vectors = (channels + V - 1) / V;
  const int c = item % vectors * V, ky = item / vectors % size, split = item / vectors / size;
  vec acc[7];
#pragma unroll
  for (int kx = 0; kx < size; kx++)
    acc[kx] = (vec)(0.0f);
  for (int row = split * chunk; row < min((split + 1) * chunk, rows); row++) {
    const int n = row / out_height, oy = row % out_height;
    const int iy = oy * stride - padding_y + ky * dilation;
    if (iy < 0 || iy >= in_height)
      continue;
    global const float *xr = x + ((long)n * in_height + iy) * in_width * channels + c;
    global const float *dyr = dy + (long)row * out_width * channels + c;
    for (int ox = 0; ox < out_width; ox++) {
      const vec g = vector_load(dyr + (long)ox * channels);
      const int left = ox * stride - padding_x;
      if (left >= 0 && left + (size - 1) * dilation < in_width) {
#pragma unroll
        for (int kx = 0; kx < size; kx++)
          acc[kx] = fma(g, vector_load(xr + (long)(left + kx * dilation) * channels), acc[kx]);
      } else {
#pragma unroll
        for (int kx = 0; kx < size; kx++) {
          const int ix = left + kx * dilation;
          if (ix >= 0 && ix < in_width)
            acc[kx] = fma(g, vector_load(xr + (long)ix * channels), acc[kx]);
        }
      }
    }
  }
#pragma unroll
  for (int kx = 0; kx < size; kx++)
    vector_store_part(acc[kx], channels - c,
                      partial + (((long)split * size + ky) * size + kx) * channels + c);
}

// Work-items: splits (of `chunk` output rows) x ky x channel vectors.
#define DEPTHWISE_WEIGHTS(size)                                                                    \
  kernel void JOIN(depthwise_weights, size)(                                                       \
      const int items, global const float *x, const long x_at, global const float *dy,             \
      const long dy_at, global float *partial, const long partial_at, const int rows,              \
      const int in_height, const int in_width, const int out_height, const int out_width,          \
      const int channels, const int stride, const int dilation, const int padding_y,               \
      const int padding_x, const int chunk) {                                                      \
    ITEM(item);                                                                                    \
    depthwise_weights_item(size, item, x + x_at, dy + dy_at, partial + partial_at, rows,           \
                           in_height, in_width, out_height, out_width, channels, stride, dilation, \
                           padding_y, padding_x, chunk);                                           \
  }                                                                                                \
  NATIVE(JOIN(depthwise_weights, size))

DEPTHWISE_WEIGHTS(3)
DEPTHWISE_WEIGHTS(5)
DEPTHWISE_WEIGHTS(7)
