// Both gradients of a convolution in one pass over its gradient, block by block of rows: the rows
// of the input's matrix and of the gradient are made once, in scratch that stays in cache.
#include "matrix_tile.h"
#include "window_ring.h"

// Where the terms of a weight gradient's left side lie: those of a panel's column `row` floats
// apart, or those of windows at `starts`.
typedef struct {
  int row;
  global const int *starts;
} LeftColumns;

// out[p, j] (+)= sum over rows of x[row, p] * d[row, j]: up to `height` columns p.
inline void weight_gradient_rows(const int vectors, const int scatter, const int height,
                                 global const float *x, LeftColumns left, global const float *d,
                                 int d_row, int rows, global float *out, int out_row, int count,
                                 int columns, int accumulate, Ahead *ahead) {
  vec acc[ROWS][COLUMNS];
  global const float *a[ROWS];
  clear_block(acc);
#pragma unroll
  for (int p = 0; p < height; p++)
    a[p] = x + min(p, count - 1);
  multiply_tile(vectors, height, scatter, a, left.row, left.starts, d, d_row, rows, acc, ahead);
  put_block(vectors, acc, out, out_row, count, columns, accumulate ? out : 0);
}

// The same of `count` columns p; half a tile's are worth a loop of their own: the nine taps of a
// 3x3 window of one channel are more than a tile by little.
outlined void weight_gradient_tile(int vectors, global const float *x, LeftColumns left,
                                   global const float *d, int d_row, int rows, global float *out,
                                   int out_row, int count, int columns, int accumulate,
                                   Ahead *ahead) {
#define WHOLE(vectors, scatter)                                                                    \
  weight_gradient_rows(vectors, scatter, ROWS, x, left, d, d_row, rows, out, out_row, count,       \
                       columns, accumulate, ahead)
#define HALF(vectors, scatter)                                                                     \
  weight_gradient_rows(vectors, scatter, ROWS / 2, x, left, d, d_row, rows, out, out_row, count,   \
                       columns, accumulate, ahead)
  if (left.starts && count > ROWS / 2)
    WITH_VECTORS(vectors, 1, WHOLE);
  else if (left.starts)
    WITH_VECTORS(vectors, 1, HALF);
  else if (count > ROWS / 2)
    WITH_VECTORS(vectors, 0, WHOLE);
  else
    WITH_VECTORS(vectors, 0, HALF);
#undef WHOLE
#undef HALF
}

// partial_w[split, p, j] = sum over the split's rows of x[window, p] * gradient[row, j], and, where
// `dx` is given (1x1 windows), dx[row, p] = sum over j of gradient[row, j] * turned[j, p], `turned`
// in tiles. Work-items: splits of `item_rows` rows x groups of `item_depth` of the window's columns
// p.
kernel void convolution_backward(
    const int items, global const element *x, const long x_at, global const float *x_table,
    const long x_table_at, const int view, global const element *y, const long y_at,
    global const float *dy, const long dy_at, global const float *dy_table, const long dy_table_at,
    const int table_row, const int dy_view, const int dy_row, global const float *turned,
    const long turned_at, global float *dx, const long dx_at, global float *partial_w,
    const long partial_w_at, const int rows, const int columns, const int in_height,
    const int in_width, const int x_row, const int x_table_row, const int out_height,
    const int out_width, const int kernel_y, const int kernel_x, const int depth, const int mul,
    const int shift, const int step, const int slots, const int item_rows, const int block_rows,
    const int item_depth, global float *scratch, const long scratch_at, const long scratch_item,
    const int finish, const int activation, global const float *addend, const long addend_at,
    global const element *finish_x, const long finish_x_at, global const float *saved,
    const long saved_at, global float *partial, const long partial_at) {
  ITEM(item);
  const int all = kernel_y * kernel_x * depth;
  const int groups = (all + item_depth - 1) / item_depth, split = item / groups;
  const int p_first = item % groups * item_depth, p_last = min(p_first + item_depth, all);
  const int first = split * item_rows, last = min(first + item_rows, rows),
            p_count = p_last - p_first;
  const Gather g = {mul, 1, shift, step};
  const Window window = {in_height, in_width, x_row, out_height, out_width,
                         kernel_y,  kernel_x, depth, g,          g};
  const Reading rx = reading(x + x_at, 0, x_table + x_table_at, x_table_row, view);
  const Reading rd = reading(y + y_at, dy + dy_at, dy_table + dy_table_at, table_row, dy_view);
  const Finish given = {finish,
                        activation,
                        addend ? addend + addend_at : 0,
                        0,
                        0,
                        0,
                        0,
                        0.0f,
                        finish_x + finish_x_at,
                        saved + saved_at,
                        x_row};
  const Finish f = with_limits(given, dx && streams(dx + dx_at, x_row, (long)rows * x_row));
  // Rows that lie in memory as they are multiplied need no copy.
  const int direct = ARE_FLOATS && dy_view == AS_IS;
  const int d_row = direct ? dy_row : scratch_row(columns), panel_row = scratch_row(p_count);
  const int sum_row = (all + V - 1) / V * V;
  global float *sums = scratch + scratch_at + scratch_slot(item) * scratch_item;
  // Windows are runs of rows of images, or copied, which is one run.
  const int run = slots ? kernel_x * depth : all;
  global int *starts = (global int *)(sums + (finish == FINISH ? 2 * sum_row : 0));
  global float *d_panel =
      (global float *)(starts + (slots ? starts_row(kernel_y * block_rows) : 0));
  global float *panel = d_panel + (direct ? 0 : (long)block_rows * d_row);
  WindowRing ring;
  if (slots)
    ring = window_ring(window, slots, block_rows, starts, panel);
  global float *stage = panel + (slots ? (slots + 1) * ring.row : (long)block_rows * panel_row);
  const Matrix matrix = {turned + turned_at, 0, columns};
  const int dx_vectors = tile_vectors(p_count), w_vectors = tile_vectors(columns);
  for (int row = first; row < last; row += block_rows) {
    const int count = min(block_rows, last - row), is_first = row == first;
    const Span d_span = {d_panel, d_row, V};
    if (!direct)
      read_spans(rd, (long)row * dy_row, dy_row, count, 0, columns, d_span);
    global const float *d = direct ? (global const float *)rd.x + (long)row * dy_row : d_panel;
    const Rows d_rows = {d, d_row, 0, 1, 0};
    // The next block's first pixels, of the gradient and (about) of x, and how many there are.
    const int next = min(block_rows, last - row - count), x_next = next * mul * mul;
    const long at = row + count;
    long next_x = at * mul * mul;
    if (partial_w && slots) {
      read_ring(rx, window, &ring, row, count);
      next_x = (long)ring.next * in_width;
    } else if (partial_w)
      read_panel(rx, window, row, count, p_first, p_last, panel, panel_row);
    const int is_gradient = dy_view == GRADIENT;
    global const float *const of_y = (global const float *)(rd.x + at * dy_row);
    global const float *const parts[3] = {of_y, is_gradient ? rd.gradient + at * dy_row : of_y,
                                          (global const float *)(rx.x + next_x * x_row)};
    const int lengths[3] = {room_of(next * dy_row), is_gradient ? next * dy_row : 0,
                            room_of(x_next * x_row)};
    Ahead ahead = look_ahead(parts, lengths,
                             (partial_w ? product_steps(p_count, columns, count) : 0) +
                                 (dx ? product_steps(count, p_count, columns) : 0));
    if (partial_w)
      for (int p = p_first, end = p; p < p_last; p = end) {
        const int i = p / run;
        const LeftColumns left = {panel_row, slots ? starts + i * block_rows : 0};
        global const float *from = panel + p - (slots ? i * run : p_first);
        end = min((i + 1) * run, p_last);
        for (int c = 0; c < columns; c += w_vectors * V) {
          const int width = min(w_vectors, (columns - c + V - 1) / V);
          global float *out = partial_w + partial_w_at + ((long)split * all + p) * columns + c;
          for (int q = 0; q < end - p; q += ROWS)
            weight_gradient_tile(width, from + q, left, d + c, d_row, count,
                                 out + (long)q * columns, columns, min(ROWS, end - p - q),
                                 columns - c, !is_first, &ahead);
        }
      }
    if (dx)
      for (int c = p_first; c < p_last; c += dx_vectors * V) {
        const int width = min(dx_vectors, (p_last - c + V - 1) / V),
                  wide = min(width * V, p_last - c);
        const long to = (long)row * x_row + c;
        const int is_staged = f.streams && finish == FINISH;
        global float *to_row = is_staged ? stage : dx + dx_at + to;
        const int row_step = is_staged ? COLUMNS * V : x_row;
        product_tile(width, d_rows, matrix_tile(matrix, c), tile_row(matrix, width), columns, f,
                     is_staged ? stage : dx + dx_at, is_staged ? 0 : to, row_step, count, wide, 0,
                     0, &ahead);
        if (finish == FINISH) {
          const Values values = {to_row, row_step, V};
          const Results tile = {values, dx + dx_at, to,      x_row,    count,
                                c,      sums,       sum_row, is_first, !is_staged && groups > 1};
          finish_tile(f, tile, wide);
        }
      }
  }
  if (dx && finish == FINISH)
    store_sums(FINISH, sums, sum_row, last - first, partial + partial_at + (long)split * 2 * x_row,
               x_row, p_first, p_last);
}
NATIVE(convolution_backward)
