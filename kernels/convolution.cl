// Convolutions as matrix products, channels last: forward, and on transposed weights the gradient
// of the input. Batch norm and activation ride on reading and storing (reading.h, finish.h).
//
// A work-item does `item_rows` output positions in blocks of `block_rows`: it gathers a block of
// the matrix into its scratch, or the rows of images that it is made of (`slots` of them), where it
// stays in cache, multiplies it by each column tile of the weights, and finishes that tile while it
// is still near.
#include "matrix_tile.h"
#include "window_ring.h"

// y[p, j] = sum over (ky, kx, i) of x[window of p] * w[(ky*kernel_x + kx)*depth + i, j].
// Work-items: groups of `item_rows` rows x groups of `item_columns` columns.
kernel void convolution(
    const int items, global const element *x, const long x_at, global const float *gradient,
    const long gradient_at, global const float *table, const long table_at, const int table_row,
    const int view, global const float *w, const long w_at, const int w_row, global float *y,
    const long y_at, const int y_row, const int rows, const int columns, const int in_height,
    const int in_width, const int x_row, const int out_height, const int out_width,
    const int kernel_y, const int kernel_x, const int depth, const int mul, const int div,
    const int shift, const int step, const int slots, const int item_rows, const int block_rows,
    const int item_columns, global float *scratch, const long scratch_at, const long scratch_item,
    const int finish, const int activation, global const float *addend, const long addend_at,
    global const element *finish_x, const long finish_x_at, global const float *saved,
    const long saved_at, global const float *gamma, const long gamma_at, global const float *beta,
    const long beta_at, global const float *mean, const long mean_at, global const float *variance,
    const long variance_at, const float epsilon, global float *partial, const long partial_at) {
  ITEM(item);
  // Statistics are of an activation.
  y = finish == STATISTICS ? (global float *)((global element *)y + y_at) : y + y_at;
  const int column_groups = (columns + item_columns - 1) / item_columns;
  const int split = item / column_groups;
  const int first = split * item_rows, last = min(first + item_rows, rows);
  const int c_first = item % column_groups * item_columns;
  const int c_last = min(c_first + item_columns, columns);
  const Gather g = {mul, div, shift, step};
  const Window window = {in_height, in_width, x_row, out_height, out_width,
                         kernel_y,  kernel_x, depth, g,          g};
  const Reading r = reading(x + x_at, gradient + gradient_at, table + table_at, table_row, view);
  const Finish given = {finish,
                        activation,
                        addend ? addend + addend_at : 0,
                        gamma ? gamma + gamma_at : 0,
                        beta + beta_at,
                        mean + mean_at,
                        variance + variance_at,
                        epsilon,
                        finish_x + finish_x_at,
                        saved + saved_at,
                        y_row};
  const int all = kernel_y * kernel_x * depth, panel_row = scratch_row(all);
  const Matrix matrix = {w + w_at, w_row, all};
  // Rows that lie in memory as they are multiplied need no copy.
  // Halves are made on their way from the stage.
  const int narrows = !ARE_FLOATS && finish == STATISTICS;
  const Finish f = with_limits(given, !narrows && streams(y, y_row, (long)rows * y_row));
  const int pointwise = kernel_y * kernel_x == 1 && mul == 1 && div == 1 && !shift;
  const int in_registers = finish == NORMALIZE && f.is_clamp;
  const int direct = ARE_FLOATS && view == AS_IS && pointwise;
  const int sum_row = (columns + V - 1) / V * V;
  global float *sums = scratch + scratch_at + scratch_slot(item) * scratch_item;
  global int *starts = (global int *)(sums + (finish < STATISTICS    ? 0
                                              : finish == STATISTICS ? 3
                                                                     : 2) *
                                                 sum_row);
  global float *panel = (global float *)(starts + (slots ? starts_row(kernel_y * block_rows) : 0));
  // Inference keeps scales and shifts where training keeps sums.
  for (int c = c_first; finish == NORMALIZE && c < c_last; c += V) {
    vec scale, shift;
    inference_scale(f, c, &scale, &shift);
    vector_store(scale, sums + c);
    vector_store(shift, sums + sum_row + c);
  }
  WindowRing ring;
  if (slots)
    ring = window_ring(window, slots, block_rows, starts, panel);
  global float *stage = panel + (slots    ? (slots + 1) * ring.row
                                 : direct ? 0
                                          : (long)block_rows * panel_row);
  const int vectors = tile_vectors(c_last - c_first);
  for (int row = first; row < last; row += block_rows) {
    const int count = min(block_rows, last - row);
    Rows a = {panel, panel_row, 0, 1, 0};
    // The next block's first pixel, about, and how many there are.
    long at = (long)(row + count) * mul * mul;
    const int next = div > 1 ? 0 : min(block_rows, last - row - count) * mul * mul;
    if (slots) {
      read_ring(r, window, &ring, row, count);
      a.starts = starts;
      a.runs = kernel_y;
      a.block = block_rows;
      at = (long)ring.next * in_width;
    } else if (direct) {
      a.p = (global const float *)r.x + (long)row * x_row;
      a.row = x_row;
    } else
      read_panel(r, window, row, count, 0, all, panel, panel_row);
    const int is_gradient = view == GRADIENT;
    global const float *const of_x = (global const float *)(r.x + at * x_row);
    global const float *const parts[3] = {of_x, is_gradient ? r.gradient + at * x_row : of_x, of_x};
    const int lengths[3] = {room_of(next * x_row), is_gradient ? next * x_row : 0, 0};
    Ahead ahead = look_ahead(parts, lengths, product_steps(count, c_last - c_first, all));
    const long to = (long)row * y_row;
    const int is_row = count == 1 && w_row && !narrows && !slots;
    if (is_row)
      multiply_row(a.p, w + w_at + c_first, w_row, all, y + to + c_first, c_last - c_first,
                   finish == ACCUMULATE ? (f.addend ? f.addend : y) + to + c_first : 0);
    for (int c = c_first; c < c_last; c += vectors * V) {
      const int width = min(vectors, (c_last - c + V - 1) / V), wide = min(width * V, c_last - c);
      // What is streamed is finished on its way from the stage.
      const int is_staged =
          narrows || (f.streams && finish >= STATISTICS && !in_registers && !is_row);
      global float *to_row = is_staged ? stage : y + to + c;
      const int row_step = is_staged ? COLUMNS * V : y_row;
      if (!is_row)
        product_tile(width, a, matrix_tile(matrix, c), tile_row(matrix, width), all, f,
                     is_staged ? stage : y, is_staged ? 0 : to + c, row_step, count, wide, sums + c,
                     sum_row, &ahead);
      if (finish >= STATISTICS && (is_row || !in_registers)) {
        const Values values = {to_row, row_step, V};
        const Results tile = {values, y,    to + c,  y_row,        count,
                              c,      sums, sum_row, row == first, !is_staged && column_groups > 1};
        finish_tile(f, tile, wide);
      }
    }
  }
  if (finish == STATISTICS || finish == FINISH)
    store_sums(finish, sums, sum_row, last - first, partial + partial_at + (long)split * 2 * y_row,
               y_row, c_first, c_last);
}
NATIVE(convolution)

// w[t, j] of any strides as a matrix in tiles: row tap*depth + i holds w[tap, i, j]; transposed:
// row tap*columns + j holds w[tap, i, j]. Tiles are those of groups of `item_columns` columns.
// Work-items: rows of the result, taps x `rows`.
kernel void convolution_pack(const int items, global const float *w, const long w_at, const int w_y,
                             const int w_x, const int w_i, const int kernel_x, const int rows,
                             const int columns, const int transpose, const int item_columns,
                             global float *out, const long out_at) {
  ITEM(item);
  const int tap = item / rows, r = item % rows;
  w += w_at + (long)(tap / kernel_x) * w_y + (long)(tap % kernel_x) * w_x;
  w += transpose ? (long)r : (long)r * w_i;
  out += out_at;
  for (int first = 0; first < columns; first += item_columns) {
    const int last = min(first + item_columns, columns), vectors = tile_vectors(last - first);
    for (int c = first; c < last; c += vectors * V) {
      const int width = min(vectors * V, last - c), row = (width + V - 1) / V * V;
      global float *to = out + (long)c * items + (long)item * row;
      for (int i = 0; i < width; i++)
        to[i] = w[transpose ? (long)(c + i) * w_i : (long)(c + i)];
    }
  }
}
NATIVE(convolution_pack)
