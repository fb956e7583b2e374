// The gradient of a convolution's weights by work-groups: a tile of terms (tap, channel) x columns,
// summed over a split's rows; the splits' sums are added in order afterwards. Larger tiles read
// less, but keep too few rows on their way: 64 x 64 took up to twice as long on an H100.
#include "group_product.h"

#if V == 4

// Terms and columns of a tile, in vectors of them; items of a group.
#define TILE 32
#define LANES (TILE / V)
#define SIZE 64
// Rows of a step that an item brings, one for every so many.
#define OWN_ROWS (STEP * LANES / SIZE)
#define ROWS_APART (SIZE / LANES)

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
  vec x[OWN_ROWS], y[OWN_ROWS], d[OWN_ROWS];
  int has_x, has_d;
} Rows;

// An item's rows of both factors from `row` on, as far as they go: neighbours bring neighbouring
// channels.
inline Rows bring_rows(Reading rx, Reading rd, Taps t, int2 term, int c, int columns, int dy_row,
                       int row, int last) {
  Rows rows;
  rows.has_x = rows.has_d = 0;
#pragma unroll
  for (int j = 0; j < OWN_ROWS; j++) {
    const int at = row + get_local_id(0) / LANES + j * ROWS_APART;
    const int pixel = at < last && term.y >= 0 ? window_pixel(t, at, term.x) : -1;
    rows.x[j] = rows.y[j] = rows.d[j] = (vec)(0.0f);
    if (pixel >= 0) {
      rows.has_x |= 1 << j;
      rows.x[j] = element_load(rx.x + (long)pixel * t.x_row + term.y);
    }
    if (at < last && c < columns) {
      rows.has_d |= 1 << j;
      rows.y[j] = element_load(rd.x + (long)at * dy_row + c);
      if (rd.view == GRADIENT)
        rows.d[j] = vector_load(rd.gradient + (long)at * dy_row + c);
    }
  }
  return rows;
}

// partial[split, t, i, j] = sum over the split's rows of x[window, t, i] * gradient[row, j].
// Groups: splits of `each` rows x tiles of terms x tiles of columns.
GROUP_KERNEL(SIZE)
group_weights(const int items, global const element *x, const long x_at,
              global const float *x_table, const long x_table_at, const int x_table_row,
              const int view, global const element *y, const long y_at, global const float *dy,
              const long dy_at, global const float *dy_table, const long dy_table_at,
              const int dy_table_row, const int dy_view, const int dy_row, global float *partial,
              const long partial_at, const int rows, const int columns, const int in_height,
              const int in_width, const int x_row, const int out_height, const int out_width,
              const int kernel_y, const int kernel_x, const int depth, const int mul,
              const int shift, const int step, const int each) {
  local vec a[STEP * LANES], b[STEP * LANES];
  const Gather g = {mul, 1, shift, step};
  const Taps t = {in_height, in_width, x_row, out_height, out_width, kernel_y, kernel_x, depth, g};
  const Reading rx = reading(x + x_at, 0, x_table + x_table_at, x_table_row, view);
  const Reading rd = reading(y + y_at, dy + dy_at, dy_table + dy_table_at, dy_table_row, dy_view);
  const int id = get_local_id(0), tx = id % GROUP_WIDTH, ty = id / GROUP_WIDTH;
  const int taps = kernel_y * kernel_x, terms = taps * tap_terms(t);
  const int wide = (columns + TILE - 1) / TILE, high = (terms + TILE - 1) / TILE;
  const int split = get_group_id(0) / (wide * high), at = get_group_id(0) - split * wide * high;
  const int p = at / wide * TILE, column = (at - at / wide * wide) * TILE;
  const int first = min(split * each, rows), last = min(first + each, rows);
  const int2 term = term_at(t, p + id % LANES * V);
  const int c = column + id % LANES * V;
  const ReadingTable x_of = reading_table(rx, max(term.y, 0));
  const ReadingTable d_of = reading_table(rd, c < columns ? c : 0);
  vec acc[8][2];
#pragma unroll
  for (int i = 0; i < 4; i++)
    acc[i][0] = (vec)(0.0f);
  Rows next = bring_rows(rx, rd, t, term, c, columns, dy_row, first, last);
  for (int row = first; row < last; row += STEP) {
#pragma unroll
    for (int j = 0; j < OWN_ROWS; j++) {
      const int to = (id / LANES + j * ROWS_APART) * LANES + id % LANES;
      a[to] = next.has_x >> j & 1 ? apply_reading(rx, x_of, next.x[j], next.x[j]) : (vec)(0.0f);
      b[to] = next.has_d >> j & 1 ? apply_reading(rd, d_of, next.y[j], next.d[j]) : (vec)(0.0f);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
    if (row + STEP < last)
      next = bring_rows(rx, rd, t, term, c, columns, dy_row, row + STEP, last);
    multiply_step(1, 1, SIZE / GROUP_WIDTH, a + ty, LANES, b + tx, LANES, acc);
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  const int out = column + tx * V;
  partial += partial_at + (long)split * taps * depth * columns + out;
#pragma unroll
  for (int i = 0; i < 4; i++) {
    const int2 to = term_at(t, p + ty * 4 + i);
    if (to.y >= 0 && out < columns)
      vector_store_part(acc[i][0], columns - out, partial + ((long)to.x * depth + to.y) * columns);
  }
}

#endif
