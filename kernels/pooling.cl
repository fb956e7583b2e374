// Max, average and global average pooling, channels last. Gradients gather, so none collide.

// Work-items: rows (n, y) x groups of `item_channels` channels: all of them on a CPU, so that
// memory is read in order.
#define POOLING_ITEM(height)                                                                       \
  const int groups = (channels + item_channels - 1) / item_channels, row = item / groups;          \
  const int n = row / (height), y_at_row = row % (height);                                         \
  const int c_first = item % groups * item_channels;                                               \
  const int c_last = min(c_first + item_channels, channels)

// y = the window's maximum; tap[...] = which window position gave it (the first on a tie).
kernel void max_pool(const int items, global const float *x, const long x_at, global float *y,
                     const long y_at, global float *tap, const long tap_at, const int in_height,
                     const int in_width, const int out_height, const int out_width,
                     const int channels, const int size, const int stride, const int padding,
                     const int item_channels) {
  ITEM(item);
  POOLING_ITEM(out_height);
  const int top = y_at_row * stride - padding;
  x += x_at + (long)n * in_height * in_width * channels;
  for (int ox = 0; ox < out_width; ox++) {
    const int left = ox * stride - padding;
    const long at = ((long)row * out_width + ox) * channels;
    for (int c = c_first; c < c_last; c += V) {
      vec best = (vec)(-INFINITY), where = (vec)(0.0f);
      for (int ky = max(-top, 0); ky < min(size, in_height - top); ky++)
        for (int kx = max(-left, 0); kx < min(size, in_width - left); kx++) {
          const vec v = vector_load(x + ((long)(top + ky) * in_width + left + kx) * channels + c);
          where = v > best ? (vec)((float)(ky * size + kx)) : where;
          best = fmax(best, v);
        }
      vector_store_part(best, c_last - c, y + y_at + at + c);
      vector_store_part(where, c_last - c, tap + tap_at + at + c);
    }
  }
}
NATIVE(max_pool)

// Whether a gradient like dx, of `rows` rows (n, y), is written past the caches.
inline int pooling_streams(global const float *dx, int rows, int width, int channels,
                           int accumulate) {
  return !accumulate && streams(dx, channels, (long)rows * width * channels);
}

inline void pooling_put(vec v, long n, global float *p, int accumulate, int past) {
  if (past)
    vector_stream(v, p);
  else
    vector_put(v, n, p, accumulate);
}

// The windows that input position i lies in: [first, last].
inline int first_window(int i, int size, int stride, int padding) {
  return max(i + padding - size + stride, 0) / stride;
}
inline int last_window(int i, int stride, int padding, int out_size) {
  return min((i + padding) / stride, out_size - 1);
}

kernel void max_pool_gradient(const int items, global const float *dy, const long dy_at,
                              global const float *tap, const long tap_at, global float *dx,
                              const long dx_at, const int in_height, const int in_width,
                              const int out_height, const int out_width, const int channels,
                              const int size, const int stride, const int padding,
                              const int item_channels, const int accumulate) {
  ITEM(item);
  POOLING_ITEM(in_height);
  const int iy = y_at_row, oy_last = last_window(iy, stride, padding, out_height);
  dy += dy_at + (long)n * out_height * out_width * channels;
  tap += tap_at + (long)n * out_height * out_width * channels;
  const int past = pooling_streams(dx + dx_at, items / groups, in_width, channels, accumulate);
  for (int ix = 0; ix < in_width; ix++) {
    const int ox_first = first_window(ix, size, stride, padding);
    const int ox_last = last_window(ix, stride, padding, out_width);
    for (int c = c_first; c < c_last; c += V) {
      vec sum = (vec)(0.0f);
      for (int oy = first_window(iy, size, stride, padding); oy <= oy_last; oy++)
        for (int ox = ox_first; ox <= ox_last; ox++) {
          const int k = (iy + padding - oy * stride) * size + ix + padding - ox * stride;
          const long o = ((long)oy * out_width + ox) * channels + c;
          sum += vector_load(tap + o) == (vec)((float)k) ? vector_load(dy + o) : (vec)(0.0f);
        }
      pooling_put(sum, c_last - c, dx + dx_at + ((long)row * in_width + ix) * channels + c,
                  accumulate, past);
    }
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
                         const int item_channels, const int count_padding) {
  ITEM(item);
  POOLING_ITEM(out_height);
  const int top = y_at_row * stride - padding;
  const int rows = inside_count(y_at_row, size, stride, padding, in_height);
  x += x_at + (long)n * in_height * in_width * channels;
  for (int ox = 0; ox < out_width; ox++) {
    const int left = ox * stride - padding;
    const int columns = inside_count(ox, size, stride, padding, in_width);
    const float share = 1.0f / (float)(count_padding ? size * size : rows * columns);
    for (int c = c_first; c < c_last; c += V) {
      vec sum = (vec)(0.0f);
      for (int ky = max(-top, 0); ky < min(size, in_height - top); ky++)
        for (int kx = max(-left, 0); kx < min(size, in_width - left); kx++)
          sum += vector_load(x + ((long)(top + ky) * in_width + left + kx) * channels + c);
      vector_store_part(sum * share, c_last - c,
                        y + y_at + ((long)row * out_width + ox) * channels + c);
    }
  }
}
NATIVE(average_pool)

kernel void average_pool_gradient(const int items, global const float *dy, const long dy_at,
                                  global float *dx, const long dx_at, const int in_height,
                                  const int in_width, const int out_height, const int out_width,
                                  const int channels, const int size, const int stride,
                                  const int padding, const int item_channels,
                                  const int count_padding, const int accumulate) {
  ITEM(item);
  POOLING_ITEM(in_height);
  const int iy = y_at_row, oy_last = last_window(iy, stride, padding, out_height);
  const int past = pooling_streams(dx + dx_at, items / groups, in_width, channels, accumulate);
  dy += dy_at + (long)n * out_height * out_width * channels;
  for (int ix = 0; ix < in_width; ix++) {
    const int ox_first = first_window(ix, size, stride, padding);
    const int ox_last = last_window(ix, stride, padding, out_width);
    for (int c = c_first; c < c_last; c += V) {
      vec sum = (vec)(0.0f);
      for (int oy = first_window(iy, size, stride, padding); oy <= oy_last; oy++) {
        const int rows = inside_count(oy, size, stride, padding, in_height);
        for (int ox = ox_first; ox <= ox_last; ox++) {
          const int columns = inside_count(ox, size, stride, padding, in_width);
          const float share = 1.0f / (float)(count_padding ? size * size : rows * columns);
          sum =
              fma(vector_load(dy + ((long)oy * out_width + ox) * channels + c), (vec)(share), sum);
        }
      }
      pooling_put(sum, c_last - c, dx + dx_at + ((long)row * in_width + ix) * channels + c,
                  accumulate, past);
    }
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
