// The gradient of a convolution's weights by work-groups: a tile of terms (tap, channel) x columns,
// summed over a split's rows; the splits' sums are added in order afterwards.
#include "group_product.h"

#if V == 4

// The pixel that a row's window has at a tap; negative where there is none.
inline int window_pixel(Taps t, int row, int tap) {
  if (is_pointwise(t))
    return row;
  const int line = row / t.out_width, n = line / t.out_height, ky = tap / t.kernel_x;
  const int iy = gather_position(line - n * t.out_height, ky, t.in_height, t.g);
  const int ix = gather_position(row - line * t.out_width, tap - ky * t.kernel_x, t.in_width, t.g);
  return iy < 0 || ix < 0 ? -1 : (n * t.in_height + iy) * t.in_width + ix;
}

typedef struct {
  vec x[4], d[4], z[4];
  int inside;
} Rows;

// Rows [row, row + STEP) of both factors, as far as they go: neighbours bring neighbouring
// channels.
inline Rows bring_rows(const int lanes, const int size, Reading rx, Reading rd, Taps t, int2 term,
                       int c, int columns, int dy_row, int row, int last) {
  Rows rows;
  rows.inside = 0;
#pragma unroll
  for (int j = 0; j < STEP * lanes / size; j++) {
    const int at = row + get_local_id(0) / lanes + j * (size / lanes);
    const int pixel = at < last && term.y >= 0 ? window_pixel(t, at, term.x) : -1;
    rows.x[j] = rows.d[j] = rows.z[j] = (vec)(0.0f);
    if (pixel >= 0) {
      rows.inside |= 1 << j;
      rows.x[j] = vector_load(rx.x + (long)pixel * t.x_row + term.y);
    }
    if (at < last && c < columns) {
      rows.inside |= 16 << j;
      rows.d[j] = vector_load(rd.x + (long)at * dy_row + c);
      if (rd.view == GRADIENT)
        rows.z[j] = vector_load(rd.z + (long)at * dy_row + c);
    }
  }
  return rows;
}

inline void weights_group(const int tile, const int blocks, local vec *a, local vec *b, Reading rx,
                          Reading rd, Taps t, int dy_row, int rows, int columns, int each,
                          global float *partial) {
  const int lanes = tile / V, height = tile / (4 * blocks), size = height * GROUP_WIDTH;
  const int id = get_local_id(0), tx = id % GROUP_WIDTH, ty = id / GROUP_WIDTH;
  const int taps = t.kernel_y * t.kernel_x, terms = taps * tap_terms(t);
  const int wide = (columns + tile - 1) / tile, high = (terms + tile - 1) / tile;
  const int split = get_group_id(0) / (wide * high), at = get_group_id(0) - split * wide * high;
  const int p = at / wide * tile, column = (at - at / wide * wide) * tile;
  const int first = min(split * each, rows), last = min(first + each, rows);
  const int2 term = term_at(t, p + id % lanes * V);
  const int c = column + id % lanes * V, channel = max(term.y, 0);
  vec acc[8][2];
#pragma unroll
  for (int i = 0; i < 4 * blocks; i++)
#pragma unroll
    for (int j = 0; j < blocks; j++)
      acc[i][j] = (vec)(0.0f);
  Rows next = bring_rows(lanes, size, rx, rd, t, term, c, columns, dy_row, first, last);
  for (int row = first; row < last; row += STEP) {
#pragma unroll
    for (int j = 0; j < STEP * lanes / size; j++) {
      const int to = (id / lanes + j * (size / lanes)) * lanes + id % lanes;
      a[to] = next.inside >> j & 1 ? apply_reading(rx, next.x[j], next.x[j], channel) : (vec)(0.0f);
      b[to] = next.inside >> j & 16 ? apply_reading(rd, next.d[j], next.z[j], c) : (vec)(0.0f);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    if (row + STEP < last)
      next = bring_rows(lanes, size, rx, rd, t, term, c, columns, dy_row, row + STEP, last);
    multiply_step(blocks, blocks, height, a + ty, lanes, b + tx, lanes, acc);
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  partial += (long)split * taps * t.depth * columns;
#pragma unroll
  for (int i = 0; i < 4 * blocks; i++) {
    const int2 to = term_at(t, p + (i / 4 * height + ty) * 4 + i % 4);
#pragma unroll
    for (int j = 0; j < blocks; j++) {
      const int out = column + (j * GROUP_WIDTH + tx) * V;
      if (to.y >= 0 && out < columns)
        vector_store_part(acc[i][j], columns - out,
                          partial + ((long)to.x * t.depth + to.y) * columns + out);
    }
  }
}

// partial[split, t, i, j] = sum over the split's rows of x[window, t, i] * gradient[row, j].
// Groups: splits of `each` rows x tiles of terms x tiles of columns.
#define GROUP_WEIGHTS(name, tile, blocks)                                                          \
  GROUP_KERNEL(64)                                                                                 \
  JOIN(group_weights_, name)                                                                       \
  (const int items, global const float *x, const long x_at, global const float *x_table,           \
   const long x_table_at, const int x_table_row, const int view, global const float *dy,           \
   const long dy_at, global const float *z, const long z_at, global const float *dy_table,         \
   const long dy_table_at, const int dy_table_row, const int dy_view, const int dy_row,            \
   global float *partial, const long partial_at, const int rows, const int columns,                \
   const int in_height, const int in_width, const int x_row, const int out_height,                 \
   const int out_width, const int kernel_y, const int kernel_x, const int depth, const int mul,    \
   const int shift, const int step, const int each) {                                              \
    local vec a[STEP * tile / V], b[STEP * tile / V];                                              \
    const Gather g = {mul, 1, shift, step};                                                        \
    const Taps t = {in_height, in_width, x_row, out_height, out_width,                             \
                    kernel_y,  kernel_x, depth, g};                                                \
    weights_group(tile, blocks, a, b,                                                              \
                  reading(x + x_at, 0, x_table + x_table_at, x_table_row, view),                   \
                  reading(dy + dy_at, z + z_at, dy_table + dy_table_at, dy_table_row, dy_view), t, \
                  dy_row, rows, columns, each, partial + partial_at);                              \
  }

GROUP_WEIGHTS(large, 64, 2)
GROUP_WEIGHTS(small, 32, 1)

#endif
