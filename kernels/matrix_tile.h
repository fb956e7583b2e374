// The register tile of a matrix product, and the rows that a convolution multiplies.
#ifndef MATRIX_TILE_H
#define MATRIX_TILE_H

#include "reading.h"

// acc[r][v] += a[r][p] * b[p][v] for p in 0..<depth.
inline void multiply_tile(const int vectors, global const float *const *a, int a_column,
                          global const float *b, int b_row, int depth, vec acc[ROWS][COLUMNS]) {
  for (int p = 0; p < depth; p++) {
    vec bv[COLUMNS];
#pragma unroll
    for (int v = 0; v < vectors; v++)
      bv[v] = vector_load(b + (long)p * b_row + v * V);
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
      const vec av = (vec)(a[r][(long)p * a_column]);
#pragma unroll
      for (int v = 0; v < vectors; v++)
        acc[r][v] = fma(av, bv[v], acc[r][v]);
    }
  }
}

// C tile (+)= A tile * B: `rows` of up to ROWS rows, `columns` of `vectors` vectors. Row r of A
// begins at a + r*a_row, its column p lies at p*a_column.
inline void multiply_block(const int vectors, global const float *a, long a_row, int a_column,
                           global const float *b, int b_row, int depth, global float *c, int c_row,
                           int rows, int columns, int accumulate) {
  global const float *ar[ROWS];
  vec acc[ROWS][COLUMNS];
#pragma unroll
  for (int r = 0; r < ROWS; r++) {
    ar[r] = a + min(r, rows - 1) * a_row;
#pragma unroll
    for (int v = 0; v < vectors; v++)
      acc[r][v] = (vec)(0.0f);
  }
  multiply_tile(vectors, ar, a_column, b, b_row, depth, acc);
#pragma unroll
  for (int r = 0; r < ROWS; r++)
    if (r < rows) {
#pragma unroll
      for (int v = 0; v < vectors; v++)
        vector_put(acc[r][v], columns - v * V, c + (long)r * c_row + v * V, accumulate);
    }
}

// Calls FUNCTION(vectors, ...) with the count as a constant.
#if COLUMNS >= 3
#define WITH_VECTORS(vectors, FUNCTION, ...)                                                       \
  do {                                                                                             \
    if ((vectors) == 1)                                                                            \
      FUNCTION(1, __VA_ARGS__);                                                                    \
    else if ((vectors) == 2)                                                                       \
      FUNCTION(2, __VA_ARGS__);                                                                    \
    else                                                                                           \
      FUNCTION(3, __VA_ARGS__);                                                                    \
  } while (0)
#elif COLUMNS == 2
#define WITH_VECTORS(vectors, FUNCTION, ...)                                                       \
  do {                                                                                             \
    if ((vectors) == 1)                                                                            \
      FUNCTION(1, __VA_ARGS__);                                                                    \
    else                                                                                           \
      FUNCTION(2, __VA_ARGS__);                                                                    \
  } while (0)
#else
#define WITH_VECTORS(vectors, FUNCTION, ...) FUNCTION(1, __VA_ARGS__)
#endif

// Vectors of the widest of equally wide tiles that cover `columns`.
inline int tile_vectors(int columns) {
  const int vectors = (columns + V - 1) / V, tiles = (vectors + COLUMNS - 1) / COLUMNS;
  return (vectors + tiles - 1) / tiles;
}

// How output positions see the input: a row of the matrix for each position (n, oy, ox), a column
// for each (ky, kx, channel). Pixels of the input are `x_row` floats apart.
typedef struct {
  int in_height, in_width, x_row, out_height, out_width, kernel_y, kernel_x, depth;
  Gather gy, gx;
} Window;

// Rows [first, first + count), columns [p_first, p_last) of that matrix, to `panel`.
inline void read_panel(Reading r, Window w, int first, int count, int p_first, int p_last,
                       global float *panel, int panel_row) {
  if (w.kernel_y * w.kernel_x == 1 && w.gy.mul == 1 && w.gy.div == 1 && w.gy.shift == 0) {
    for (int i = 0; i < count; i++)
      read_pixel(r, (long)(first + i) * w.x_row, p_first, p_last, panel + (long)i * panel_row);
    return;
  }
  for (int i = 0; i < count; i++) {
    const int position = first + i, n = position / (w.out_height * w.out_width);
    const int oy = position / w.out_width % w.out_height, ox = position % w.out_width;
    global float *out = panel + (long)i * panel_row;
    for (int tap = p_first / w.depth; tap * w.depth < p_last; tap++) {
      const int c = max(p_first - tap * w.depth, 0), c_end = min(p_last - tap * w.depth, w.depth);
      const int iy = gather_position(oy, tap / w.kernel_x, w.in_height, w.gy);
      const int ix = gather_position(ox, tap % w.kernel_x, w.in_width, w.gx);
      if (iy >= 0 && ix >= 0) {
        const long at = (((long)n * w.in_height + iy) * w.in_width + ix) * w.x_row;
        if (r.view == AS_IS && w.depth < 4)
          for (int k = c; k < c_end; k++)
            out[k - c] = r.x[at + k];
        else
          read_pixel(r, at, c, c_end, out);
      } else
        for (int k = 0; k < c_end - c; k++)
          out[k] = 0.0f;
      out += c_end - c;
    }
  }
}

#endif
