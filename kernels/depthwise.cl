// Depthwise convolution, channels last, weights [ky,kx,c] with strides; lanes are channels. The
// padding is that which keeps the size at stride 1.
//
// A work-item takes bands of output rows: it reads the input's rows once, normalized, into its
// scratch, a plane for each vector of channels, zeros where the padding lies. A plane's part of a
// band stays in the first cache, and a tile of `width` neighbouring outputs in registers.
//
// At stride 2 few outputs share a value: where normalizing clamps, or does nothing, values are read
// where they are stored, again for each row of outputs.
#include "planes.h"

inline void depthwise_row(const int size, const int stride, const int width,
                          global const float *plane, Ring ring, int top, int ky_first, int ky_last,
                          global const float *w, int w_y, int w_x, global float *y, int out_width) {
  for (int ox = 0; ox < out_width; ox += width) {
    vec acc[8];
#pragma unroll
    for (int t = 0; t < width; t++)
      acc[t] = (vec)(0.0f);
    for (int ky = ky_first; ky < ky_last; ky++) {
      global const float *row = plane + ring_at(ring, top + ky) + ox * stride * V;
      vec wv[7];
#pragma unroll
      for (int kx = 0; kx < size; kx++)
        wv[kx] = vector_load(w + (long)ky * w_y + (long)kx * w_x);
#pragma unroll
      for (int j = 0; j < (width - 1) * stride + size; j++) {
        const vec x = vector_load(row + j * V);
#pragma unroll
        for (int kx = 0; kx < size; kx++)
          if (j >= kx && (j - kx) % stride == 0 && (j - kx) / stride < width)
            acc[(j - kx) / stride] = fma(x, wv[kx], acc[(j - kx) / stride]);
      }
    }
#pragma unroll
    for (int t = 0; t < width; t++)
      vector_store(acc[t], y + (ox + t) * V);
  }
}

// `width` outputs at stride 2, whose window begins at column `left` of the rows that lie `row`
// elements apart from x on; `inside`: without a margin.
inline void clamped_tile(const int inside, const int size, const int width, Clamping clamping,
                         global const element *x, long row, int in_width, int left, int channels,
                         int ky_first, int ky_last, global const float *w, int w_y, int w_x,
                         global float *y) {
  vec acc[7];
#pragma unroll
  for (int t = 0; t < width; t++)
    acc[t] = (vec)(0.0f);
  for (int ky = ky_first; ky < ky_last; ky++) {
    global const element *from = x + ky * row + (long)left * channels;
    vec wv[7];
#pragma unroll
    for (int kx = 0; kx < size; kx++)
      wv[kx] = vector_load(w + (long)ky * w_y + (long)kx * w_x);
#pragma unroll
    for (int j = 0; j < (width - 1) * 2 + size; j++)
      if (inside || (left + j >= 0 && left + j < in_width)) {
        const vec v = clamped_vector(clamping, from + (long)j * channels);
#pragma unroll
        for (int kx = 0; kx < size; kx++)
          if (j >= kx && (j - kx) % 2 == 0 && (j - kx) / 2 < width)
            acc[(j - kx) / 2] = fma(v, wv[kx], acc[(j - kx) / 2]);
      }
  }
#pragma unroll
  for (int t = 0; t < width; t++)
    vector_store(acc[t], y + t * V);
}

// A row of outputs at stride 2 from `ky_last - ky_first` rows of an image from x on.
inline void clamped_row(const int size, const int width, Clamping clamping, global const element *x,
                        int in_width, int channels, int ky_first, int ky_last,
                        global const float *w, int w_y, int w_x, global float *y, int out_width) {
  const long row = (long)in_width * channels;
  for (int ox = 0; ox < out_width; ox += width, y += width * V) {
    const int left = ox * 2 - size / 2;
    if (left >= 0 && left + (width - 1) * 2 + size <= in_width)
      clamped_tile(1, size, width, clamping, x, row, in_width, left, channels, ky_first, ky_last, w,
                   w_y, w_x, y);
    else
      clamped_tile(0, size, width, clamping, x, row, in_width, left, channels, ky_first, ky_last, w,
                   w_y, w_x, y);
  }
}

// What a band of rows asks for while it is computed: `part` and those after it of `parts` parts.
typedef struct {
  global const float *p;
  int n, part, parts;
} Upcoming;

// Rows [oy, oy + rows) of image n's outputs at stride 2, one vector of channels.
#define CLAMPED_BAND(size)                                                                         \
  outlined void JOIN(clamped_band, size)(int width, Reading r, int n, int oy, int rows,            \
                                         int in_height, int in_width, int channels, int c,         \
                                         global const float *w, int w_y, int w_x, global float *y, \
                                         int out_width, Upcoming next) {                           \
    const Clamping clamping = reading_clamping(r, c);                                              \
    for (int i = 0; i < rows; i++, y += out_width * V) {                                           \
      prefetch_part(next.p, next.n, next.part + i, next.parts);                                    \
      const int top = (oy + i) * 2 - size / 2;                                                     \
      const int ky = max(-top, 0), ky_last = min(size, in_height - top);                           \
      global const element *x = r.x + ((long)n * in_height + top) * in_width * channels + c;       \
      if (width == 7)                                                                              \
        clamped_row(size, 7, clamping, x, in_width, channels, ky, ky_last, w, w_y, w_x, y,         \
                    out_width);                                                                    \
      else                                                                                         \
        clamped_row(size, 4, clamping, x, in_width, channels, ky, ky_last, w, w_y, w_x, y,         \
                    out_width);                                                                    \
    }                                                                                              \
  }

CLAMPED_BAND(3)
CLAMPED_BAND(5)
CLAMPED_BAND(7)

// Work-items: groups of `item_rows` output rows (n, oy) x groups of `item_channels` channels.
#define DEPTHWISE(size)                                                                            \
  kernel void JOIN(depthwise, size)(                                                               \
      const int items, global const element *x, const long x_at, global const float *table,        \
      const long table_at, const int view, global const float *w, const long w_at, const int w_y,  \
      const int w_x, global element *y, const long y_at, const int rows, const int in_height,      \
      const int in_width, const int out_height, const int out_width, const int channels,           \
      const int stride, const int width, const int item_rows, const int band_rows,                 \
      const int item_channels, global float *scratch, const long scratch_at,                       \
      const long scratch_item, const int finish, const int activation, global const float *addend, \
      const long addend_at, global const element *finish_x, const long finish_x_at,                \
      global const float *saved, const long saved_at, global const float *gamma,                   \
      const long gamma_at, global const float *beta, const long beta_at, global const float *mean, \
      const long mean_at, global const float *variance, const long variance_at,                    \
      const float epsilon, global float *partial, const long partial_at) {                         \
    ITEM(item);                                                                                    \
    const int groups = (channels + item_channels - 1) / item_channels;                             \
    const int c = item % groups * item_channels, count = min(item_channels, channels - c);         \
    const int first = item / groups * item_rows, last = min(first + item_rows, rows);              \
    const int tiled = (out_width + width - 1) / width * width;                                     \
    Ring ring = {(band_rows - 1) * stride + size, (tiled - 1) * stride + size, 0, 0};              \
    const Reading r = reading(x + x_at, 0, table + table_at, channels, view);                      \
    const Finish given = {finish,                                                                  \
                          activation,                                                              \
                          addend ? addend + addend_at : 0,                                         \
                          gamma ? gamma + gamma_at : 0,                                            \
                          beta + beta_at,                                                          \
                          mean + mean_at,                                                          \
                          variance + variance_at,                                                  \
                          epsilon,                                                                 \
                          0,                                                                       \
                          0,                                                                       \
                          channels};                                                               \
    global float *results = (global float *)(y + y_at);                                            \
    const Finish f =                                                                               \
        with_limits(given, streams(results, channels, (long)rows * out_width * channels));         \
    const int plane = ring.slots * ring.row * V, out_plane = band_rows * tiled * V;                \
    global float *sums = scratch + scratch_at + scratch_slot(item) * scratch_item;                 \
    global float *planes = sums + 3 * item_channels;                                               \
    global float *out = planes + item_channels / V * plane;                                        \
    const int clamped = stride == 2 && reading_clamps(r);                                          \
    if (!clamped)                                                                                  \
      clear_margins(planes, item_channels / V, ring.slots, ring.row, size / 2, in_width);          \
    int next = 0;                                                                                  \
    for (int row = first, end = first; row < last; row = end) {                                    \
      const int n = row / out_height, oy = row % out_height;                                       \
      end = min(min(row + band_rows, last), (n + 1) * out_height);                                 \
      ring.first = max(oy * stride - size / 2, 0);                                                 \
      ring.start = ring.first % ring.slots;                                                        \
      const int bottom = min((oy + end - row - 1) * stride - size / 2 + size, in_height);          \
      if (oy == 0 || row == first)                                                                 \
        next = ring.first;                                                                         \
      if (!clamped)                                                                                \
        read_rows(r, ring, n, next, bottom, in_height, in_width, channels, c, count, size / 2,     \
                  planes);                                                                         \
      next = bottom;                                                                               \
      const long ahead_at = ((long)n * in_height + bottom) * in_width * channels;                  \
      const int ahead = groups == 1 && end < last ? band_rows * stride * in_width * channels : 0;  \
      for (int v = 0; v * V < count; v++) {                                                        \
        global const float *wc = w + w_at + c + v * V, *p = planes + v * plane;                    \
        const int part = v * (end - row), parts = item_channels / V * (end - row);                 \
        const Upcoming upcoming = {(global const float *)(r.x + ahead_at), room_of(ahead), part,   \
                                   parts};                                                         \
        global float *to = out + v * out_plane;                                                    \
        if (clamped)                                                                               \
          JOIN(clamped_band, size)                                                                 \
        (width, r, n, oy, end - row, in_height, in_width, channels, c + v * V, wc, w_y, w_x, to,   \
         out_width, upcoming);                                                                     \
        for (int i = 0; i < end - row && !clamped; i++, to += out_width * V) {                     \
          prefetch_part(upcoming.p, upcoming.n, part + i, parts);                                  \
          const int top = (oy + i) * stride - size / 2;                                            \
          const int ky = max(-top, 0), ky_last = min(size, in_height - top);                       \
          if (stride == 1 && width == 7)                                                           \
            depthwise_row(size, 1, 7, p, ring, top, ky, ky_last, wc, w_y, w_x, to, out_width);     \
          else if (stride == 1)                                                                    \
            depthwise_row(size, 1, 4, p, ring, top, ky, ky_last, wc, w_y, w_x, to, out_width);     \
          else if (width == 7)                                                                     \
            depthwise_row(size, 2, 7, p, ring, top, ky, ky_last, wc, w_y, w_x, to, out_width);     \
          else                                                                                     \
            depthwise_row(size, 2, 4, p, ring, top, ky, ky_last, wc, w_y, w_x, to, out_width);     \
        }                                                                                          \
        /* A few vectors at a time, so that they are written while the next are computed. */       \
        const int done = v % COLUMNS + 1, from = v + 1 - done;                                     \
        if (done < COLUMNS && (v + 1) * V < count)                                                 \
          continue;                                                                                \
        const Values values = {out + from * out_plane, V, out_plane};                              \
        const Results t = {values,                                                                 \
                           results,                                                                \
                           (long)row * out_width * channels + c + from * V,                        \
                           channels,                                                               \
                           (end - row) * out_width,                                                \
                           c + from * V,                                                           \
                           sums - c,                                                               \
                           item_channels,                                                          \
                           row == first,                                                           \
                           0};                                                                     \
        finish_tile(f, t, min(done *V, count - from * V));                                         \
      }                                                                                            \
    }                                                                                              \
    if (finish == STATISTICS)                                                                      \
      store_sums(finish, sums - c, item_channels, (last - first) * out_width,                      \
                 partial + partial_at + (long)(item / groups) * 2 * channels, channels, c,         \
                 c + count);                                                                       \
  }                                                                                                \
  NATIVE(JOIN(depthwise, size))

DEPTHWISE(3)
DEPTHWISE(5)
DEPTHWISE(7)
