// Depthwise convolution, channels last, weights [ky,kx,c] with strides; lanes are channels. The
// padding is that which keeps the size at stride 1.
//
// A work-item takes bands of output rows. Values are read where they are stored if no more than
// clamping is to be done to them; else the input's rows are read once, normalized, into a ring of
// rows in the item's scratch.
#ifndef DEPTHWISE_FORWARD_H
#define DEPTHWISE_FORWARD_H

#include "depthwise.h"

// A tile is as large as registers allow: with 32 of them 5x5 windows share enough for two rows of
// outputs.
#if REGISTERS > 16
#define DEPTHWISE_ROWS 2
#else
#define DEPTHWISE_ROWS 1
#endif

// Both strides; large windows are clamped while they are read only at stride 2
// (`DepthwiseConvolution.source`).
#define DEPTHWISE_BANDS(name, source, size, rows_at_1, width)                                      \
  outlined void JOIN(name, _by_1)(Band b, Finish f, Results t, Upcoming next) {                    \
    if (source != CLAMPED || size == 3)                                                            \
      depthwise_band(source, size, 1, rows_at_1, width, b, f, t, next);                            \
  }                                                                                                \
  outlined void JOIN(name, _by_2)(Band b, Finish f, Results t, Upcoming next) {                    \
    depthwise_band(source, size, 2, 1, width, b, f, t, next);                                      \
  }

// A kernel for each source of values and width of tiles: PoCL compiles each at its first use, and
// networks use few.
#define DEPTHWISE_WIDTHS(size, name, source, rows_at_1)                                            \
  DEPTHWISE_KERNEL(JOIN(JOIN(depthwise, size), JOIN(name, 7)), source, size, rows_at_1, 7)         \
  DEPTHWISE_KERNEL(JOIN(JOIN(depthwise, size), JOIN(name, 4)), source, size, rows_at_1, 4)

// Few registers hold a tile's results but no addresses and bounds beside them: rows are always read
// into the ring. Halves are never taken as they are.
#if REGISTERS > 16 && defined(HALVES)
#define DEPTHWISE(size, rows_at_1)                                                                 \
  DEPTHWISE_WIDTHS(size, _ring, IN_RING, rows_at_1)                                                \
  DEPTHWISE_WIDTHS(size, _clamped, CLAMPED, 1)
#elif REGISTERS > 16
#define DEPTHWISE(size, rows_at_1)                                                                 \
  DEPTHWISE_WIDTHS(size, _ring, IN_RING, rows_at_1)                                                \
  DEPTHWISE_WIDTHS(size, _stored, AS_STORED, rows_at_1)                                            \
  DEPTHWISE_WIDTHS(size, _clamped, CLAMPED, 1)
#else
#define DEPTHWISE(size, rows_at_1) DEPTHWISE_WIDTHS(size, _ring, IN_RING, rows_at_1)
#endif

// Work-items: groups of `item_rows` output rows (n, oy) x groups of `item_channels` channels.
#define DEPTHWISE_KERNEL(name, source, size, rows_at_1, width)                                     \
  DEPTHWISE_BANDS(name, source, size, rows_at_1, width)                                            \
  kernel void name(                                                                                \
      const int items, global const element *x, const long x_at, global const float *table,        \
      const long table_at, const int view, global const float *w, const long w_at, const int w_y,  \
      const int w_x, global element *y, const long y_at, const int rows, const int in_height,      \
      const int in_width, const int out_height, const int out_width, const int channels,           \
      const int stride, const int ring_columns, const int by_pixels, const int item_rows,          \
      const int band_rows, const int item_channels, global float *scratch, const long scratch_at,  \
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
    const Finish given = {finish,                                                                  \
                          activation,                                                              \
                          addend ? addend + addend_at : 0,                                         \
                          gamma ? gamma + gamma_at : 0,                                            \
                          beta + beta_at,                                                          \
                          mean + mean_at,                                                          \
                          variance + variance_at,                                                  \
                          epsilon,                                                                 \
                          finish_x + finish_x_at,                                                  \
                          saved + saved_at,                                                        \
                          channels};                                                               \
    global float *results = (global float *)(y + y_at);                                            \
    const Finish f =                                                                               \
        with_limits(given, streams(results, channels, (long)rows * out_width * channels));         \
    global float *sums = scratch + scratch_at + scratch_slot(item) * scratch_item;                 \
    global float *tile = sums + 3 * item_channels;                                                 \
    const RowRing ring =                                                                           \
        row_ring(tile + 7 * V, size / 2, ring_columns, (band_rows - 1) * stride + size);           \
    const Reading r = reading(x + x_at, 0, table + table_at, channels, view);                      \
    const int tile_rows = stride == 1 ? rows_at_1 : 1;                                             \
    const int tiles = (count + V - 1) / V * ((out_width + width - 1) / width);                     \
    Upcoming upcoming = {{0}};                                                                     \
    Band b;                                                                                        \
    b.input = r;                                                                                   \
    b.in_height = in_height;                                                                       \
    b.in_width = in_width;                                                                         \
    b.channels = channels;                                                                         \
    b.w = w + w_at;                                                                                \
    b.w_y = w_y;                                                                                   \
    b.w_x = w_x;                                                                                   \
    b.out_width = out_width;                                                                       \
    b.c = c;                                                                                       \
    b.count = count;                                                                               \
    b.together = by_pixels ? channels : line_vectors(f);                                           \
    const Values values = {tile, V, V};                                                            \
    Results t = {values, results, 0, channels, 0, c, sums - c, item_channels, 0, groups > 1};      \
    prepare_outputs(f, sums - c, item_channels, c, count);                                         \
    if (source == IN_RING)                                                                         \
      clear_margins(ring, (count + V - 1) / V, in_width);                                          \
    int next = 0;                                                                                  \
    for (int row = first, end = first; row < last; row = end) {                                    \
      const int n = row / out_height;                                                              \
      end = min(min(row + band_rows, last), (n + 1) * out_height);                                 \
      b.oy = row % out_height;                                                                     \
      b.rows = end - row;                                                                          \
      b.image = (long)n * in_height * in_width * channels;                                         \
      const int top = max(b.oy * stride - size / 2, 0);                                            \
      const int bottom = min((b.oy + b.rows - 1) * stride - size / 2 + size, in_height);           \
      if (source == IN_RING) {                                                                     \
        if (b.oy == 0 || row == first)                                                             \
          next = top;                                                                              \
        b.ring = ring_from(ring, top);                                                             \
        read_rows(r, b.ring, n, next, bottom, in_height, in_width, channels, c, count);            \
        next = bottom;                                                                             \
      }                                                                                            \
      ask_for(&upcoming, 0, r.x + b.image + (long)bottom * in_width * channels,                    \
              groups == 1 && end < last ? room_of(band_rows * stride * in_width * channels) : 0,   \
              tiles * (b.rows + tile_rows - 1) / tile_rows);                                       \
      t.at = (long)row * out_width * channels + c;                                                 \
      t.is_first = row == first;                                                                   \
      if (stride == 1)                                                                             \
        JOIN(name, _by_1)(b, f, t, upcoming);                                                      \
      else                                                                                         \
        JOIN(name, _by_2)(b, f, t, upcoming);                                                      \
    }                                                                                              \
    if (finish == STATISTICS)                                                                      \
      store_sums(finish, sums - c, item_channels, (last - first) * out_width,                      \
                 partial + partial_at + (long)(item / groups) * 2 * channels, channels, c,         \
                 c + count);                                                                       \
  }                                                                                                \
  NATIVE(name)

#endif
