// Dense and grouped KxK convolution, channels last, weights [ky,kx,ci,co] with strides.
// One gather (see prelude.h) serves the forward pass and, on transposed weights, the gradient of
// the input.

inline void convolution_item(const int vectors, global const float *x, global const float *w,
                             int w_y, int w_x, int w_i, global float *y, int first, int positions,
                             int in_height, int in_width, int in_channels, int out_height,
                             int out_width, int out_channels, int depth, int columns, int kernel_y,
                             int kernel_x, Gather gy, Gather gx, int accumulate) {
  int n[ROWS], oy[ROWS], ox[ROWS];
#pragma unroll
  for (int r = 0; r < ROWS; r++) {
    const int p = min(first + r, positions - 1);
    n[r] = p / (out_height * out_width);
    oy[r] = p / out_width % out_height;
    ox[r] = p % out_width;
  }
  vec acc[ROWS][COLUMNS];
#pragma unroll
  for (int r = 0; r < ROWS; r++) {
#pragma unroll
    for (int v = 0; v < vectors; v++)
      acc[r][v] = (vec)(0.0f);
  }
  for (int ky = 0; ky < kernel_y; ky++)
    for (int kx = 0; kx < kernel_x; kx++) {
      global const float *xr[ROWS];
      float inside[ROWS];
      int any = 0, all = 1;
#pragma unroll
      for (int r = 0; r < ROWS; r++) {
        const int iy = gather_position(oy[r], ky, in_height, gy);
        const int ix = gather_position(ox[r], kx, in_width, gx);
        const int ok = iy >= 0 && ix >= 0;
        any |= ok;
        all &= ok;
        inside[r] = ok ? 1.0f : 0.0f;
        xr[r] = x + (ok ? (((long)n[r] * in_height + iy) * in_width + ix) * in_channels : 0L);
      }
      if (!any)
        continue;
      global const float *wk = w + (long)ky * w_y + (long)kx * w_x;
      for (int i = 0; i < depth; i++) {
        vec wv[COLUMNS];
#pragma unroll
        for (int v = 0; v < vectors; v++)
          wv[v] = vector_load(wk + (long)i * w_i + v * V);
#pragma unroll
        for (int r = 0; r < ROWS; r++) {
          // Not a product: what lies outside may be infinite.
          const vec xv = (vec)(all || inside[r] != 0.0f ? xr[r][i] : 0.0f);
#pragma unroll
          for (int v = 0; v < vectors; v++)
            acc[r][v] = fma(xv, wv[v], acc[r][v]);
        }
      }
    }
#pragma unroll
  for (int r = 0; r < ROWS; r++)
    if (first + r < positions) {
#pragma unroll
      for (int v = 0; v < vectors; v++)
        if (v * V < columns)
          vector_put(acc[r][v], columns - v * V, y + (long)(first + r) * out_channels + v * V,
                     accumulate);
    }
}

// Work-items: position tiles (ROWS) x groups x channel tiles (vectors*V).
kernel void convolution(const int items, global const float *x, const long x_at,
                        global const float *w, const long w_at, const int w_y, const int w_x,
                        const int w_i, const int w_group, global float *y, const long y_at,
                        const int batch, const int in_height, const int in_width,
                        const int in_channels, const int out_height, const int out_width,
                        const int out_channels, const int groups, const int kernel_y,
                        const int kernel_x, const int mul, const int div, const int shift_y,
                        const int shift_x, const int step, const int vectors,
                        const int accumulate) {
  ITEM(item);
  const int columns = out_channels / groups, depth = in_channels / groups;
  const int column_tiles = (columns + vectors * V - 1) / (vectors * V);
  const int column = item % column_tiles * vectors * V;
  const int group = item / column_tiles % groups;
  const int first = item / column_tiles / groups * ROWS;
  const Gather gy = {mul, div, shift_y, step}, gx = {mul, div, shift_x, step};
  x += x_at + group * depth;
  w += w_at + (long)group * w_group + column;
  y += y_at + group * columns + column;
#define CONVOLUTION_ITEM(count)                                                                    \
  convolution_item(count, x, w, w_y, w_x, w_i, y, first, batch *out_height *out_width, in_height,  \
                   in_width, in_channels, out_height, out_width, out_channels, depth,              \
                   columns - column, kernel_y, kernel_x, gy, gx, accumulate)
  if (vectors == 1)
    CONVOLUTION_ITEM(1);
#if COLUMNS >= 2
  else
    CONVOLUTION_ITEM(2);
#endif
}
NATIVE(convolution)

// partial[split, ky, kx, ci, co] = sum over the split's output positions of x * gradient.
// Work-items: splits x ky x kx x groups of ROWS input channels x output channel vectors.
kernel void convolution_weights(const int items, global const float *x, const long x_at,
                                global const float *dy, const long dy_at, global float *partial,
                                const long partial_at, const int batch, const int in_height,
                                const int in_width, const int in_channels, const int out_height,
                                const int out_width, const int out_channels, const int groups,
                                const int kernel_y, const int kernel_x, const int stride,
                                const int dilation, const int padding_y, const int padding_x,
                                const int chunk) {
  ITEM(item);
  const int depth = in_channels / groups, columns = out_channels / groups;
  const int column_tiles = (columns + V - 1) / V, row_tiles = (depth + ROWS - 1) / ROWS;
  int rest = item;
  const int column = rest % column_tiles * V;
  rest /= column_tiles;
  const int group = rest % groups;
  rest /= groups;
  const int row = rest % row_tiles * ROWS;
  rest /= row_tiles;
  const int kx = rest % kernel_x, ky = rest / kernel_x % kernel_y;
  const int split = rest / kernel_x / kernel_y;
  const int positions = batch * out_height * out_width;
  const int first = split * chunk, last = min(first + chunk, positions);
  x += x_at + group * depth + row;
  dy += dy_at + group * columns + column;
  vec acc[ROWS];
  int lane[ROWS];
#pragma unroll
  for (int r = 0; r < ROWS; r++) {
    acc[r] = (vec)(0.0f);
    lane[r] = min(r, depth - row - 1);
  }
  int n = first / (out_height * out_width), oy = first / out_width % out_height;
  int ox = first % out_width;
  for (int p = first; p < last; p++) {
    const int iy = oy * stride - padding_y + ky * dilation;
    const int ix = ox * stride - padding_x + kx * dilation;
    if (iy >= 0 && iy < in_height && ix >= 0 && ix < in_width) {
      const vec g = vector_load(dy + (long)p * out_channels);
      global const float *xp = x + (((long)n * in_height + iy) * in_width + ix) * in_channels;
#pragma unroll
      for (int r = 0; r < ROWS; r++)
        acc[r] = fma((vec)(xp[lane[r]]), g, acc[r]);
    }
    if (++ox == out_width) {
      ox = 0;
      if (++oy == out_height) {
        oy = 0;
        n++;
      }
    }
  }
  // The slice's own layout: [split, ky, kx, depth, out_channels].
  partial += partial_at +
             ((((long)split * kernel_y + ky) * kernel_x + kx) * depth + row) * out_channels +
             group * columns + column;
#pragma unroll
  for (int r = 0; r < ROWS; r++)
    if (row + r < depth)
      vector_store_part(acc[r], columns - column, partial + (long)r * out_channels);
}
NATIVE(convolution_weights)
