// Both gradients of a depthwise convolution in one pass over the rows of its input.
//
// A work-item takes bands of the input's rows: it reads them, and the gradient's rows that they
// meet, once into planes in its scratch, zeros around the gradient. Each vector of the gradient is
// loaded once in a row for all the taps it meets, and serves the input's gradient, which takes the
// input's place, and the weights'. An input that is clamped while reading comes from where it is
// stored, since each of its values is needed once.
#include "planes.h"

// Gradient column o and tap kx meet input column o*stride + kx - size/2. The input's row is read
// from element `at` of r on, channel c, unless it lies in x already.
inline void depthwise_backward_row(const int size, const int stride, const int width, Reading r,
                                   long at, int channels, int c, global const float *plane,
                                   Ring ring, int iy, int out_height, global float *x,
                                   global const float *w, int w_y, int w_x, global float *dw,
                                   int in_width) {
  const int pad = size / 2, before = pad / stride;
  for (int ix = 0; ix < in_width; ix += width) {
    vec acc[8], xv[8];
#pragma unroll
    for (int t = 0; t < width; t++)
      acc[t] = xv[t] = (vec)(0.0f);
    if (reading_clamps(r)) {
      const Clamping clamping = reading_clamping(r, c);
#pragma unroll
      for (int t = 0; t < width; t++)
        if (ix + t < in_width)
          xv[t] = clamped_vector(clamping, r.x + at + (long)(ix + t) * channels);
    } else {
#pragma unroll
      for (int t = 0; t < width; t++)
        xv[t] = vector_load(x + (ix + t) * V);
    }
    for (int ky = (iy + pad) % stride; ky < size; ky += stride) {
      const int oy = (iy + pad - ky) / stride;
      if (iy + pad < ky || oy >= out_height)
        continue;
      global const float *d = plane + ring_at(ring, oy) + ix / stride * V;
      global float *sums = dw + ky * size * V;
      vec wv[7], sum[7];
#pragma unroll
      for (int kx = 0; kx < size; kx++) {
        wv[kx] = vector_load(w + (long)ky * w_y + (long)kx * w_x);
        sum[kx] = vector_load(sums + kx * V);
      }
#pragma unroll
      for (int j = 0; j <= (width - 1 + pad) / stride + before; j++) {
        const vec g = vector_load(d + j * V);
#pragma unroll
        for (int kx = 0; kx < size; kx++)
          if ((j - before) * stride + kx - pad >= 0 && (j - before) * stride + kx - pad < width) {
            acc[(j - before) * stride + kx - pad] =
                fma(g, wv[kx], acc[(j - before) * stride + kx - pad]);
            sum[kx] = fma(g, xv[(j - before) * stride + kx - pad], sum[kx]);
          }
      }
#pragma unroll
      for (int kx = 0; kx < size; kx++)
        vector_store(sum[kx], sums + kx * V);
    }
#pragma unroll
    for (int t = 0; t < width; t++)
      if (ix + t < in_width)
        vector_store(acc[t], x + (ix + t) * V);
  }
}

// Work-items: groups of `item_rows` input rows (n, iy) x groups of `item_channels` channels.
#define DEPTHWISE_BACKWARD(size)                                                                   \
  kernel void JOIN(depthwise_backward, size)(                                                      \
      const int items, global const element *x, const long x_at, global const float *x_table,      \
      const long x_table_at, const int view, global const element *y, const long y_at,             \
      global const float *dy, const long dy_at, global const float *dy_table,                      \
      const long dy_table_at, const int dy_view, global const float *w, const long w_at,           \
      const int w_y, const int w_x, global float *dx, const long dx_at, global float *partial_w,   \
      const long partial_w_at, const int rows, const int in_height, const int in_width,            \
      const int out_height, const int out_width, const int channels, const int stride,             \
      const int width, const int item_rows, const int band_rows, const int item_channels,          \
      global float *scratch, const long scratch_at, const long scratch_item, const int finish,     \
      const int activation, global const float *addend, const long addend_at,                      \
      global const element *finish_x, const long finish_x_at, global const float *saved,           \
      const long saved_at, global float *partial, const long partial_at) {                         \
    ITEM(item);                                                                                    \
    const int groups = (channels + item_channels - 1) / item_channels;                             \
    const int c = item % groups * item_channels, count = min(item_channels, channels - c);         \
    const int first = item / groups * item_rows, last = min(first + item_rows, rows);              \
    const int tiled = (in_width + width - 1) / width * width, before = size / 2 / stride;          \
    Ring ring = {(band_rows + size - 2) / stride + 1,                                              \
                 (tiled - 1 + size / 2) / stride + before + 1, 0, 0};                              \
    const Reading rx = reading(x + x_at, 0, x_table + x_table_at, channels, view);                 \
    const Reading rd = reading(y + y_at, dy + dy_at, dy_table + dy_table_at, channels, dy_view);   \
    const Finish given = {finish,                                                                  \
                          activation,                                                              \
                          addend ? addend + addend_at : 0,                                         \
                          0,                                                                       \
                          0,                                                                       \
                          0,                                                                       \
                          0,                                                                       \
                          0.0f,                                                                    \
                          finish_x + finish_x_at,                                                  \
                          saved + saved_at,                                                        \
                          channels};                                                               \
    const Finish f =                                                                               \
        with_limits(given, dx && streams(dx + dx_at, channels, (long)rows * in_width * channels)); \
    const int plane = ring.slots * ring.row * V, x_plane = band_rows * tiled * V;                  \
    const int vectors = item_channels / V;                                                         \
    global float *sums = scratch + scratch_at + scratch_slot(item) * scratch_item;                 \
    global float *dw = sums + 2 * item_channels;                                                   \
    global float *planes = dw + size * size * item_channels;                                       \
    global float *xs = planes + vectors * plane;                                                   \
    for (global float *p = dw; p < planes; p += V)                                                 \
      vector_store((vec)(0.0f), p);                                                                \
    clear_margins(planes, vectors, ring.slots, ring.row, before, out_width);                       \
    clear_margins(xs, vectors, band_rows, tiled, 0, in_width);                                     \
    int next = 0;                                                                                  \
    for (int row = first, end = first; row < last; row = end) {                                    \
      const int n = row / in_height, iy = row % in_height;                                         \
      end = min(min(row + band_rows, last), (n + 1) * in_height);                                  \
      const int above = iy + size / 2 - (size - 1), below = iy + end - row - 1 + size / 2;         \
      ring.first = above > 0 ? (above + stride - 1) / stride : 0;                                  \
      ring.start = ring.first % ring.slots;                                                        \
      if (iy == 0 || row == first)                                                                 \
        next = ring.first;                                                                         \
      const int bottom = min(below / stride + 1, out_height);                                      \
      read_rows(rd, ring, n, next, bottom, out_height, out_width, channels, c, count, before,      \
                planes);                                                                           \
      next = max(next, bottom);                                                                    \
      for (int i = row; i < end && !reading_clamps(rx); i++) {                                     \
        const Span span = {xs + (i - row) * tiled * V, V, x_plane};                                \
        read_spans(rx, (long)i *in_width *channels, channels, in_width, c, count, span);           \
      }                                                                                            \
      const int ahead_x = groups == 1 && end < last ? band_rows * in_width * channels : 0;         \
      const int ahead = ahead_x ? band_rows / stride * out_width * channels : 0;                   \
      const long ahead_at = ((long)n * out_height + bottom) * out_width * channels;                \
      for (int v = 0; v < vectors; v++) {                                                          \
        global const float *wc = w + w_at + c + v * V, *p = planes + v * plane;                    \
        global float *sum = dw + v * size * size * V;                                              \
        for (int i = 0; i < end - row; i++) {                                                      \
          const int part = v * (end - row) + i, parts = vectors * (end - row);                     \
          prefetch_part((global const float *)(rx.x + (long)end * in_width * channels),            \
                        room_of(ahead_x), part, parts);                                            \
          prefetch_part((global const float *)(rd.x + ahead_at), room_of(ahead), part, parts);     \
          if (dy_view == GRADIENT)                                                                 \
            prefetch_part(rd.gradient + ahead_at, ahead, part, parts);                             \
          global float *xr = xs + v * x_plane + i * tiled * V;                                     \
          const int at_c = c + v * V;                                                              \
          const long at = (long)(row + i) * in_width * channels + at_c;                            \
          if (stride == 1 && width == 7)                                                           \
            depthwise_backward_row(size, 1, 7, rx, at, channels, at_c, p, ring, iy + i,            \
                                   out_height, xr, wc, w_y, w_x, sum, in_width);                   \
          else if (stride == 1)                                                                    \
            depthwise_backward_row(size, 1, 4, rx, at, channels, at_c, p, ring, iy + i,            \
                                   out_height, xr, wc, w_y, w_x, sum, in_width);                   \
          else if (width == 8)                                                                     \
            depthwise_backward_row(size, 2, 8, rx, at, channels, at_c, p, ring, iy + i,            \
                                   out_height, xr, wc, w_y, w_x, sum, in_width);                   \
          else                                                                                     \
            depthwise_backward_row(size, 2, 4, rx, at, channels, at_c, p, ring, iy + i,            \
                                   out_height, xr, wc, w_y, w_x, sum, in_width);                   \
        }                                                                                          \
        /* A few vectors at a time, so that they are written while the next are computed. */       \
        const int done = v % COLUMNS + 1, from = v + 1 - done;                                     \
        if (!dx || (done < COLUMNS && v + 1 < vectors))                                            \
          continue;                                                                                \
        const int at = c + from * V;                                                               \
        /* Rows without a margin lie together. */                                                  \
        const int lines = tiled == in_width ? end - row : 1;                                       \
        for (int i = row; i < end; i += lines) {                                                   \
          const Values values = {xs + from * x_plane + (i - row) * tiled * V, V, x_plane};         \
          const Results t = {values,   dx + dx_at,       (long)i * in_width * channels + at,       \
                             channels, lines * in_width, at,                                       \
                             sums - c, item_channels,    i == first,                               \
                             0};                                                                   \
          finish_tile(f, t, min(done *V, count - from * V));                                       \
        }                                                                                          \
      }                                                                                            \
    }                                                                                              \
    const int split = item / groups;                                                               \
    if (partial_w)                                                                                 \
      for (int k = 0; k < size * size; k++)                                                        \
        for (int v = 0; v * V < count; v++)                                                        \
          vector_store_part(vector_load(dw + (v * size * size + k) * V), count - v * V,            \
                            partial_w + partial_w_at +                                             \
                                ((long)split * size * size + k) * channels + c + v * V);           \
    if (dx && finish == FINISH)                                                                    \
      store_sums(FINISH, sums - c, item_channels, 0,                                               \
                 partial + partial_at + (long)split * 2 * channels, channels, c, c + count);       \
  }                                                                                                \
  NATIVE(JOIN(depthwise_backward, size))

DEPTHWISE_BACKWARD(3)
DEPTHWISE_BACKWARD(5)
DEPTHWISE_BACKWARD(7)
