// Max and average pooling, channels last. Gradients gather, so none collide.
#include "upcoming.h"

// Work-items: rows (n, y) x groups of `item_channels` channels: all of them on a CPU, so that
// memory is read in order.
#define POOLING_ITEM(height)                                                                       \
  const int groups = (channels + item_channels - 1) / item_channels, row = item / groups;          \
  const int n = row / (height), y_at_row = row % (height);                                         \
  const int c_first = item % groups * item_channels;                                               \
  const int c_last = min(c_first + item_channels, channels)

inline void pooling_put(vec v, long n, global float *p, int accumulate, int past) {
  if (past)
    vector_stream(v, p);
  else
    vector_put(v, n, p, accumulate);
}

// Vectors of channels that windows are reckoned for at once: on CPUs with wide vectors an item has
// many.
#if V >= 8
#define POOLED (3 * COLUMNS)
#else
#define POOLED COLUMNS
#endif

// Neighbouring vectors, of which n elements are wanted.
inline void pooling_put_all(const vec *v, long n, global float *p, int accumulate, int past) {
#pragma unroll
  for (int i = 0; i < POOLED; i++)
    if (i * V < n)
      pooling_put(v[i], n - i * V, p + i * V, accumulate, past);
}

// What the next item reads first: `count` rows (n, y) from `row` on, of `rows` rows of `floats`.
inline void ask_for_rows(Upcoming *next, int i, global const float *x, int row, int count, int rows,
                         int floats, int parts) {
  if (row < rows)
    ask_for(next, i, x + (long)row * floats, min(count, rows - row) * floats, parts);
}

// y = the window's maximum; tap[...] = which window position gave it (the first on a tie).
kernel void max_pool(const int items, global const float *x, const long x_at, global float *y,
                     const long y_at, global float *tap, const long tap_at, const int in_height,
                     const int in_width, const int out_height, const int out_width,
                     const int channels, const int size, const int stride, const int padding,
                     const int item_channels) {
  ITEM(item);
  POOLING_ITEM(out_height);
  const int top = y_at_row * stride - padding, rows = items / groups;
  const long image = (long)n * in_height * in_width * channels;
  const long count = (long)rows * out_width * channels;
  const int past = streams(y + y_at, channels, count) && streams(tap + tap_at, channels, count);
  x += x_at;
  Upcoming next = {{0}};
  if (groups == 1)
    ask_for_rows(&next, 0, x, n * in_height + top + size, stride, rows / out_height * in_height,
                 in_width * channels, out_width);
  const int above = max(-top, 0), below = min(size, in_height - top);
  for (int ox = 0; ox < out_width; ox++) {
    ask_for_part(1, &next);
    const int left = ox * stride - padding;
    const int before = max(-left, 0), after = min(size, in_width - left);
    const long at = ((long)row * out_width + ox) * channels;
    for (int c = c_first; c < c_last; c += POOLED * V) {
      vec best[POOLED], where[POOLED];
#pragma unroll
      for (int v = 0; v < POOLED; v++) {
        best[v] = (vec)(-INFINITY);
        where[v] = (vec)(0.0f);
      }
      for (int ky = above; ky < below; ky++)
        for (int kx = before; kx < after; kx++) {
          global const float *p =
              x + image + ((long)(top + ky) * in_width + left + kx) * channels + c;
          const vec number = (vec)((float)(ky * size + kx));
#pragma unroll
          for (int v = 0; v < POOLED; v++)
            if (c + v * V < c_last) {
              const vec value = vector_load(p + v * V);
              where[v] = value > best[v] ? number : where[v];
              best[v] = value > best[v] ? value : best[v];
            }
        }
      pooling_put_all(best, c_last - c, y + y_at + at + c, 0, past);
      pooling_put_all(where, c_last - c, tap + tap_at + at + c, 0, past);
    }
  }
}
NATIVE(max_pool)

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
  const int rows = items / groups;
  const long image = (long)n * out_height * out_width * channels;
  dy += dy_at;
  tap += tap_at;
  const int past = !accumulate && streams(dx + dx_at, channels, (long)rows * in_width * channels);
  const int ahead = n * out_height + oy_last + 1, all = rows / in_height * out_height;
  Upcoming next = {{0}};
  if (groups == 1) {
    ask_for_rows(&next, 0, dy, ahead, 1, all, out_width * channels, in_width);
    ask_for_rows(&next, 1, tap, ahead, 1, all, out_width * channels, in_width);
  }
  for (int ix = 0; ix < in_width; ix++) {
    ask_for_part(2, &next);
    const int ox_first = first_window(ix, size, stride, padding);
    const int ox_last = last_window(ix, stride, padding, out_width);
    for (int c = c_first; c < c_last; c += POOLED * V) {
      vec sum[POOLED];
#pragma unroll
      for (int v = 0; v < POOLED; v++)
        sum[v] = (vec)(0.0f);
      for (int oy = first_window(iy, size, stride, padding); oy <= oy_last; oy++)
        for (int ox = ox_first; ox <= ox_last; ox++) {
          const int k = (iy + padding - oy * stride) * size + ix + padding - ox * stride;
          const long o = image + ((long)oy * out_width + ox) * channels + c;
#pragma unroll
          for (int v = 0; v < POOLED; v++)
            if (c + v * V < c_last)
              sum[v] += vector_load(tap + o + v * V) == (vec)((float)k)
                            ? vector_load(dy + o + v * V)
                            : (vec)(0.0f);
        }
      pooling_put_all(sum, c_last - c, dx + dx_at + ((long)row * in_width + ix) * channels + c,
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
  const int taps = inside_count(y_at_row, size, stride, padding, in_height);
  const int rows = items / groups;
  const long image = (long)n * in_height * in_width * channels;
  const int past = streams(y + y_at, channels, (long)rows * out_width * channels);
  x += x_at;
  Upcoming next = {{0}};
  if (groups == 1)
    ask_for_rows(&next, 0, x, n * in_height + top + size, stride, rows / out_height * in_height,
                 in_width * channels, out_width);
  const int above = max(-top, 0), below = min(size, in_height - top);
  for (int ox = 0; ox < out_width; ox++) {
    ask_for_part(1, &next);
    const int left = ox * stride - padding;
    const int columns = inside_count(ox, size, stride, padding, in_width);
    const float share = 1.0f / (float)(count_padding ? size * size : taps * columns);
    const int before = max(-left, 0), after = min(size, in_width - left);
    for (int c = c_first; c < c_last; c += POOLED * V) {
      vec sum[POOLED];
#pragma unroll
      for (int v = 0; v < POOLED; v++)
        sum[v] = (vec)(0.0f);
      for (int ky = above; ky < below; ky++)
        for (int kx = before; kx < after; kx++) {
          global const float *p =
              x + image + ((long)(top + ky) * in_width + left + kx) * channels + c;
#pragma unroll
          for (int v = 0; v < POOLED; v++)
            if (c + v * V < c_last)
              sum[v] += vector_load(p + v * V);
        }
#pragma unroll
      for (int v = 0; v < POOLED; v++)
        sum[v] *= share;
      pooling_put_all(sum, c_last - c, y + y_at + ((long)row * out_width + ox) * channels + c, 0,
                      past);
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
  const int rows = items / groups;
  const int past = !accumulate && streams(dx + dx_at, channels, (long)rows * in_width * channels);
  const long image = (long)n * out_height * out_width * channels;
  dy += dy_at;
  Upcoming next = {{0}};
  if (groups == 1)
    ask_for_rows(&next, 0, dy, n * out_height + oy_last + 1, 1, rows / in_height * out_height,
                 out_width * channels, in_width);
  for (int ix = 0; ix < in_width; ix++) {
    ask_for_part(1, &next);
    const int ox_first = first_window(ix, size, stride, padding);
    const int ox_last = last_window(ix, stride, padding, out_width);
    for (int c = c_first; c < c_last; c += POOLED * V) {
      vec sum[POOLED];
#pragma unroll
      for (int v = 0; v < POOLED; v++)
        sum[v] = (vec)(0.0f);
      for (int oy = first_window(iy, size, stride, padding); oy <= oy_last; oy++) {
        const int taps = inside_count(oy, size, stride, padding, in_height);
        for (int ox = ox_first; ox <= ox_last; ox++) {
          const int columns = inside_count(ox, size, stride, padding, in_width);
          const float share = 1.0f / (float)(count_padding ? size * size : taps * columns);
          const long o = image + ((long)oy * out_width + ox) * channels + c;
#pragma unroll
          for (int v = 0; v < POOLED; v++)
            if (c + v * V < c_last)
              sum[v] = fma(vector_load(dy + o + v * V), (vec)(share), sum[v]);
        }
      }
      pooling_put_all(sum, c_last - c, dx + dx_at + ((long)row * in_width + ix) * channels + c,
                      accumulate, past);
    }
  }
}
NATIVE(average_pool_gradient)
