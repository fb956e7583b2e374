// Depthwise convolutions that the tiled kernels do not fit: any size, stride, dilation
// and padding, one output after the other. Weights [ky,kx,c] with strides; lanes are channels.

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

// The gradient of the weights: partial[split, ky, kx, c], an item for each tap.
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
