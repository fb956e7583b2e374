// Max, average and global average pooling, channels last. Gradients gather, so none collide.

// y = the window's maximum; tap[...] = which window position gave it (the first on a tie).
kernel void max_pool(const int items, global const float *x, const long x_at, global float *y,
                     const long y_at, global float *tap, const long tap_at, const int in_height,
                     const int in_width, const int out_height, const int out_width,
                     const int channels, const int size, const int stride, const int padding) {
  ITEM(item); // output rows (n, oy) x channel vectors
  const int vectors = (channels + V - 1) / V;
  const int c = item % vectors * V, row = item / vectors;
  const int n = row / out_height, oy = row % out_height;
  const Gather g = {stride, 1, -padding, 1};
  x += x_at + (long)n * in_height * in_width * channels + c;
  const long at = (long)row * out_width * channels + c;
  for (int ox = 0; ox < out_width; ox++) {
    vec best = (vec)(-INFINITY), where = (vec)(0.0f);
    for (int k = 0; k < size * size; k++) {
      const int iy = gather_position(oy, k / size, in_height, g);
      const int ix = gather_position(ox, k % size, in_width, g);
      if (iy >= 0 && ix >= 0) {
        const vec v = vector_load(x + ((long)iy * in_width + ix) * channels);
        where = v > best ? (vec)(k) : where;
        best = fmax(best, v);
      }
    }
    vector_store_part(best, channels - c, y + y_at + at + (long)ox * channels);
    vector_store_part(where, channels - c, tap + tap_at + at + (long)ox * channels);
  }
}
NATIVE(max_pool)

kernel void max_pool_gradient(const int items, global const float *dy, const long dy_at,
                              global const float *tap, const long tap_at, global float *dx,
                              const long dx_at, const int in_height, const int in_width,
                              const int out_height, const int out_width, const int channels,
                              const int size, const int stride, const int padding,
                              const int accumulate) {
  ITEM(item); // input rows (n, iy) x channel vectors
  const int vectors = (channels + V - 1) / V;
  const int c = item % vectors * V, row = item / vectors;
  const int n = row / in_height, iy = row % in_height;
  const Gather g = {1, stride, padding, -1};
  const long at = (long)n * out_height * out_width * channels + c;
  for (int ix = 0; ix < in_width; ix++) {
    vec sum = (vec)(0.0f);
    for (int k = 0; k < size * size; k++) {
      const int oy = gather_position(iy, k / size, out_height, g);
      const int ox = gather_position(ix, k % size, out_width, g);
      if (oy >= 0 && ox >= 0) {
        const long o = at + ((long)oy * out_width + ox) * channels;
        sum +=
            vector_load(tap + tap_at + o) == (vec)(k) ? vector_load(dy + dy_at + o) : (vec)(0.0f);
      }
    }
    vector_put(sum, channels - c, dx + dx_at + ((long)row * in_width + ix) * channels + c,
               accumulate);
  }
}
NATIVE(max_pool_gradient)

// How many of a window's `size` taps lie inside.
inline int inside_count(int o, int size, int stride, int padding, int in_size) {
  const int first = o * stride - padding;
  return min(first + size, in_size) - max(first, 0);
}

kernel void average_pool(const int items, global const float *x, const long x_at, global float *y,
                         const long y_at, const int in_height, const int in_width,
                         const int out_height, const int out_width, const int channels,
                         const int size, const int stride, const int padding,
                         const int count_padding) {
  ITEM(item); // output rows (n, oy) x channel vectors
  const int vectors = (channels + V - 1) / V;
  const int c = item % vectors * V, row = item / vectors;
  const int n = row / out_height, oy = row % out_height;
  const Gather g = {stride, 1, -padding, 1};
  x += x_at + (long)n * in_height * in_width * channels + c;
  for (int ox = 0; ox < out_width; ox++) {
    vec sum = (vec)(0.0f);
    for (int k = 0; k < size * size; k++) {
      const int iy = gather_position(oy, k / size, in_height, g);
      const int ix = gather_position(ox, k % size, in_width, g);
      if (iy >= 0 && ix >= 0)
        sum += vector_load(x + ((long)iy * in_width + ix) * channels);
    }
    const int count = count_padding ? size * size
                                    : inside_count(oy, size, stride, padding, in_height) *
                                          inside_count(ox, size, stride, padding, in_width);
    vector_store_part(sum / (float)count, channels - c,
                      y + y_at + ((long)row * out_width + ox) * channels + c);
  }
}
NATIVE(average_pool)

kernel void average_pool_gradient(const int items, global const float *dy, const long dy_at,
                                  global float *dx, const long dx_at, const int in_height,
                                  const int in_width, const int out_height, const int out_width,
                                  const int channels, const int size, const int stride,
                                  const int padding, const int count_padding,
                                  const int accumulate) {
  ITEM(item); // input rows (n, iy) x channel vectors
  const int vectors = (channels + V - 1) / V;
  const int c = item % vectors * V, row = item / vectors;
  const int n = row / in_height, iy = row % in_height;
  const Gather g = {1, stride, padding, -1};
  dy += dy_at + (long)n * out_height * out_width * channels + c;
  for (int ix = 0; ix < in_width; ix++) {
    vec sum = (vec)(0.0f);
    for (int k = 0; k < size * size; k++) {
      const int oy = gather_position(iy, k / size, out_height, g);
      const int ox = gather_position(ix, k % size, out_width, g);
      if (oy >= 0 && ox >= 0) {
        const int count = count_padding ? size * size
                                        : inside_count(oy, size, stride, padding, in_height) *
                                              inside_count(ox, size, stride, padding, in_width);
        sum += vector_load(dy + ((long)oy * out_width + ox) * channels) / (float)count;
      }
    }
    vector_put(sum, channels - c, dx + dx_at + ((long)row * in_width + ix) * channels + c,
               accumulate);
  }
}
NATIVE(average_pool_gradient)

// y[n,c] = mean over positions.
kernel void global_average_pool(const int items, global const float *x, const long x_at,
                                global float *y, const long y_at, const int positions,
                                const int channels) {
  ITEM(item); // n x channel vectors
  const int vectors = (channels + V - 1) / V;
  const int c = item % vectors * V, n = item / vectors;
  x += x_at + (long)n * positions * channels + c;
  vec sum = (vec)(0.0f);
  for (int p = 0; p < positions; p++)
    sum += vector_load(x + (long)p * channels);
  vector_store_part(sum / (float)positions, channels - c, y + y_at + (long)n * channels + c);
}
NATIVE(global_average_pool)

kernel void global_average_pool_gradient(const int items, global const float *dy, const long dy_at,
                                         global float *dx, const long dx_at, const int positions,
                                         const int channels, const int accumulate) {
  ITEM(item); // n x channel vectors
  const int vectors = (channels + V - 1) / V;
  const int c = item % vectors * V, n = item / vectors;
  const vec g = vector_load(dy + dy_at + (long)n * channels + c) / (float)positions;
  for (int p = 0; p < positions; p++)
    vector_put(g, channels - c, dx + dx_at + ((long)n * positions + p) * channels + c, accumulate);
}
NATIVE(global_average_pool_gradient)
