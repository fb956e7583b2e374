// Convolutions by work-groups: forward, and on turned weights the gradient of the input. Batch norm
// and activation ride on the staging and the storing (see reading.h).
//
// A group computes a tile of rows (n, oy, ox) x columns. Where there are too few tiles to fill a
// device, several groups share a tile's terms: each stores its part of the sum (stage 1), and a
// second launch adds the parts in order and finishes them (stage 2).
#include "group_product.h"

#if V == 4

// w[tap, term, column], with the distances between neighbours. Either terms or columns lie side by
// side: those of the weights, or, for the input's gradient, those of the weights turned around.
typedef struct {
  global const float *w;
  int y, x, term, column;
} Matrix;

typedef struct {
  int rows, columns;
  // Of the terms: how many there are, how many groups share a tile's, and how many each takes.
  int all, splits, each, stage;
  global float *product;
  int product_row;
} Shares;

// What an item brings for the next step: raw, so that it need not wait for it.
typedef struct {
  vec x[STEP / 4], gradient[STEP / 4], w[STEP / 8];
  int inside, c;
} Brought;

// First row of a tile that an item brings: four neighbours bring the terms of one row.
inline Brought bring(const int tile_rows, const int tile_columns, const int size, Reading r, Taps t,
                     Matrix m, local const int *pixels, int k, int column, int columns) {
  const int id = get_local_id(0), lanes = tile_columns / V;
  Brought brought;
  const int2 term = term_at(t, k + id % (STEP / V) * V);
  const int ky = term.x / t.kernel_x, kx = term.x - ky * t.kernel_x;
  brought.inside = 0;
  brought.c = max(term.y, 0);
#pragma unroll
  for (int j = 0; j < tile_rows * (STEP / V) / size; j++) {
    const int row = id / (STEP / V) + j * (size / (STEP / V));
    int pixel = pixels[row];
    if (!is_pointwise(t) && pixel >= 0) {
      Gather g = t.g;
      g.mul = 1;
      g.shift = 0;
      const int iy = gather_position(pixels[tile_rows + row], ky, t.in_height, g);
      const int ix = gather_position(pixels[2 * tile_rows + row], kx, t.in_width, g);
      pixel = iy < 0 || ix < 0 ? -1 : pixel + iy * t.in_width + ix;
    }
    brought.x[j] = brought.gradient[j] = (vec)(0.0f);
    if (pixel >= 0 && term.y >= 0) {
      brought.inside |= 1 << j;
      brought.x[j] = element_load(r.x + (long)pixel * t.x_row + term.y);
      if (r.view == GRADIENT)
        brought.gradient[j] = vector_load(r.gradient + (long)pixel * t.x_row + term.y);
    }
  }
#pragma unroll
  for (int j = 0; j < STEP * lanes / size; j++) {
    // Neighbours bring a term's columns, or, where terms lie side by side, a column's terms.
    const int2 at = m.column == 1 ? term_at(t, k + id / lanes + j * (size / lanes)) : term;
    const int c =
        column + (m.column == 1 ? id % lanes * V : id / (STEP / V) + j * (size / (STEP / V)));
    const int wy = at.x / t.kernel_x, wx = at.x - wy * t.kernel_x;
    brought.w[j] = (vec)(0.0f);
    if (at.y >= 0 && c < columns)
      brought.w[j] = vector_load(m.w + (long)wy * m.y + (long)wx * m.x + (long)at.y * m.term +
                                 (long)c * m.column);
  }
  return brought;
}

// Puts it into local memory, as readers see it: `a` by terms, a row of four more than a tile's
// rows.
inline void place(const int tile_rows, const int tile_columns, const int size, Brought brought,
                  Reading r, int depth, int are_columns, local float *a, local vec *b) {
  const int id = get_local_id(0), lanes = tile_columns / V, a_row = tile_rows + V;
  const ReadingTable table = reading_table(r, brought.c);
  a += id % (STEP / V) * V * a_row;
#pragma unroll
  for (int j = 0; j < tile_rows * (STEP / V) / size; j++) {
    vec v = apply_reading(r, table, brought.x[j], brought.gradient[j]);
    v = within_depth(brought.inside >> j & 1 ? v : (vec)(0.0f), brought.c, depth);
    const int row = id / (STEP / V) + j * (size / (STEP / V));
    a[row] = v.s0;
    a[a_row + row] = v.s1;
    a[2 * a_row + row] = v.s2;
    a[3 * a_row + row] = v.s3;
  }
#pragma unroll
  for (int j = 0; j < STEP * lanes / size; j++) {
    if (are_columns) {
      b[(id / lanes + j * (size / lanes)) * lanes + id % lanes] = brought.w[j];
    } else {
      local float *to = (local float *)b + id % (STEP / V) * V * tile_columns + id / (STEP / V) +
                        j * (size / (STEP / V));
      to[0] = brought.w[j].s0;
      to[tile_columns] = brought.w[j].s1;
      to[2 * tile_columns] = brought.w[j].s2;
      to[3 * tile_columns] = brought.w[j].s3;
    }
  }
}

// Where the windows of a tile's rows begin: image and position, or -1 for no row.
inline void find_windows(const int tile_rows, const int size, Taps t, int first, int rows,
                         local int *pixels) {
  for (int i = get_local_id(0); i < tile_rows; i += size) {
    const int row = first + i;
    if (row >= rows || is_pointwise(t)) {
      pixels[i] = row < rows ? row : -1;
      continue;
    }
    const int line = row / t.out_width, n = line / t.out_height;
    pixels[i] = n * t.in_height * t.in_width;
    pixels[tile_rows + i] = (line - n * t.out_height) * t.g.mul + t.g.shift;
    pixels[2 * tile_rows + i] = (row - line * t.out_width) * t.g.mul + t.g.shift;
  }
}

inline void convolution_group(const int tile_rows, const int tile_columns, const int blocks,
                              const int vectors, local vec *room, local int *pixels, Reading r,
                              Taps t, Matrix m, Shares s, global float *y, int y_row, Finish f,
                              global float *partial) {
  const int height = tile_rows / (4 * blocks), size = height * GROUP_WIDTH;
  const int tx = get_local_id(0) % GROUP_WIDTH, ty = get_local_id(0) / GROUP_WIDTH;
  const int tiles = (s.columns + tile_columns - 1) / tile_columns;
  const int tile = get_group_id(0) / s.splits, split = get_group_id(0) - tile * s.splits;
  const int line = tile / tiles, first = line * tile_rows;
  const int column = (tile - line * tiles) * tile_columns;
  local vec *a = room, *b = room + STEP * (tile_rows / V + 1);
  vec acc[8][2];
#pragma unroll
  for (int i = 0; i < 4 * blocks; i++)
#pragma unroll
    for (int j = 0; j < vectors; j++)
      acc[i][j] = (vec)(0.0f);
  if (s.stage == 1) {
    y = s.product + (long)split * s.rows * s.product_row;
    y_row = s.product_row;
  }
#define ROW(i) (first + ((i) / 4 * height + ty) * 4 + (i) % 4)
#define COLUMN(j) (column + ((j)*GROUP_WIDTH + tx) * V)
  // No barrier lies in a condition: PoCL 3.1 loses track of them there.
  const int k_first = split * s.each, k_last = s.stage < 2 ? min(k_first + s.each, s.all) : k_first;
  find_windows(tile_rows, size, t, first, s.rows, pixels);
  barrier(CLK_LOCAL_MEM_FENCE);
  Brought next;
  if (k_first < k_last)
    next = bring(tile_rows, tile_columns, size, r, t, m, pixels, k_first, column, s.columns);
  for (int k = k_first; k < k_last; k += STEP) {
    place(tile_rows, tile_columns, size, next, r, t.depth, m.column == 1, (local float *)a, b);
    barrier(CLK_LOCAL_MEM_FENCE);
    if (k + STEP < k_last)
      next = bring(tile_rows, tile_columns, size, r, t, m, pixels, k + STEP, column, s.columns);
    multiply_step(blocks, vectors, height, a + ty, tile_rows / V + 1, b + tx, tile_columns / V,
                  acc);
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  const int sums = f.kind == STATISTICS || f.kind == FINISH;
  if (s.stage == 2) {
#pragma unroll
    for (int i = 0; i < 4 * blocks; i++)
#pragma unroll
      for (int j = 0; j < vectors; j++)
        if (ROW(i) < s.rows && COLUMN(j) < s.columns)
          for (int part = 0; part < s.each; part++)
            acc[i][j] +=
                vector_load(s.product + ((long)part * s.rows + ROW(i)) * s.product_row + COLUMN(j));
  }
#pragma unroll
  for (int j = 0; j < vectors; j++) {
    const int c = COLUMN(j), left = s.columns - c;
    vec one = (vec)(0.0f), two = (vec)(0.0f);
    const FinishTable table = finish_table(f, left > 0 ? c : column);
    // Through the item's own places in local memory, since registers have no index: finishing is
    // too much code to have it for every row.
    barrier(CLK_LOCAL_MEM_FENCE);
#pragma unroll
    for (int i = 0; i < 4 * blocks; i += 4) {
#pragma unroll
      for (int k = 0; k < 4; k++) {
        FinishOperands o = {(vec)(0.0f), (vec)(0.0f)};
        if (ROW(i) + k < s.rows && left > 0)
          o = finish_operands(f, left, y, (long)(ROW(i) + k) * y_row + c);
        room[k * size + get_local_id(0)] = acc[i + k][j];
        room[(4 + k) * size + get_local_id(0)] = o.addend;
        room[(8 + k) * size + get_local_id(0)] = o.x;
      }
#pragma unroll 1
      for (int k = 0; k < 4; k++)
        if (ROW(i) + k < s.rows && left > 0) {
          const FinishOperands o = {room[(4 + k) * size + get_local_id(0)],
                                    room[(8 + k) * size + get_local_id(0)]};
          finish_vector(f, table, o, room[k * size + get_local_id(0)], left, y,
                        (long)(ROW(i) + k) * y_row + c, &one, &two);
        }
    }
    // Statistics: rows that are not there are zeros; the squares are those of distances from the
    // tile's mean.
    if (f.kind == STATISTICS) {
#pragma unroll
      for (int i = 0; i < 4 * blocks; i++)
        one += acc[i][j];
    }
    one = group_sum(one, GROUP_WIDTH, sums ? height : 1, room);
    if (f.kind == STATISTICS) {
      one /= (float)min(tile_rows, s.rows - first);
#pragma unroll
      for (int i = 0; i < 4 * blocks; i++) {
        const vec distance = acc[i][j] - one;
        two = ROW(i) < s.rows ? fma(distance, distance, two) : two;
      }
    }
    two = group_sum(two, GROUP_WIDTH, sums ? height : 1, room);
    if (sums && ty == 0 && left > 0)
      store_group_sums(one, two, left, partial + (long)line * 2 * y_row + c, y_row);
  }
#undef ROW
#undef COLUMN
}

// y[p, j] = sum over (ky, kx, i) of x[window of p] * w[ky, kx, i, j], w of any strides.
// Groups: row tiles x column tiles x splits. Terms are counted as in `tap_terms`.
#define GROUP_CONVOLUTION(name, size, tile_rows, tile_columns, blocks, vectors)                    \
  GROUP_KERNEL(size)                                                                               \
  JOIN(group_convolution_, name)                                                                   \
  (const int items, global const element *x, const long x_at, global const float *gradient,        \
   const long gradient_at, global const float *table, const long table_at, const int table_row,    \
   const int view, global const float *w, const long w_at, const int w_y, const int w_x,           \
   const int w_term, const int w_column, global float *y, const long y_at, const int y_row,        \
   const int rows, const int columns, const int in_height, const int in_width, const int x_row,    \
   const int out_height, const int out_width, const int kernel_y, const int kernel_x,              \
   const int depth, const int mul, const int div, const int shift, const int step,                 \
   const int splits, const int each, const int stage, global float *product,                       \
   const long product_at, const int product_row, const int finish, const int activation,           \
   global const float *addend, const long addend_at, global const element *finish_x,               \
   const long finish_x_at, global const float *saved, const long saved_at,                         \
   global const float *gamma, const long gamma_at, global const float *beta, const long beta_at,   \
   global const float *mean, const long mean_at, global const float *variance,                     \
   const long variance_at, const float epsilon, global float *partial, const long partial_at) {    \
    local vec room[STEP * ((tile_rows + tile_columns) / V + 1) > 12 * size                         \
                       ? STEP * ((tile_rows + tile_columns) / V + 1)                               \
                       : 12 * size];                                                               \
    local int pixels[3 * tile_rows];                                                               \
    const Gather g = {mul, div, shift, step};                                                      \
    const Taps t = {in_height, in_width, x_row, out_height, out_width,                             \
                    kernel_y,  kernel_x, depth, g};                                                \
    const Matrix m = {w + w_at, w_y, w_x, w_term, w_column};                                       \
    const Shares s = {rows,                                                                        \
                      columns,                                                                     \
                      kernel_y * kernel_x * tap_terms(t),                                          \
                      splits,                                                                      \
                      each,                                                                        \
                      stage,                                                                       \
                      product + product_at,                                                        \
                      product_row};                                                                \
    const Finish f = {finish,                                                                      \
                      activation,                                                                  \
                      addend ? addend + addend_at : 0,                                             \
                      gamma ? gamma + gamma_at : 0,                                                \
                      beta + beta_at,                                                              \
                      mean + mean_at,                                                              \
                      variance + variance_at,                                                      \
                      epsilon,                                                                     \
                      finish_x + finish_x_at,                                                      \
                      saved + saved_at,                                                            \
                      y_row};                                                                      \
    convolution_group(                                                                             \
        tile_rows, tile_columns, blocks, vectors, room, pixels,                                    \
        reading(x + x_at, gradient + gradient_at, table + table_at, table_row, view), t, m, s,     \
        finish == STATISTICS ? (global float *)((global element *)y + y_at) : y + y_at, y_row, f,  \
        partial + partial_at);                                                                     \
  }

GROUP_CONVOLUTION(wide, 128, 128, 64, 2, 2)
GROUP_CONVOLUTION(narrow, 128, 128, 32, 2, 1)
GROUP_CONVOLUTION(small, 64, 32, 32, 1, 1)

#endif
