// The register tile of a matrix product.
#ifndef MATRIX_TILE_H
#define MATRIX_TILE_H

#include "finish.h"
#include "reading.h"

// What the next block of rows will read, up to three ranges: asked for a line at a time while this
// one is multiplied, so that it comes in beside the arithmetic and never holds it up.
typedef struct {
  global const float *from[3], *to[3];
  // Steps of multiplication for a line, and those until the next one.
  int every, wait;
} Ahead;

// Of n[i] floats from p[i] on, spread over so many steps.
inline Ahead look_ahead(global const float *const p[3], const int n[3], long steps) {
  Ahead ahead;
  int lines = 1;
#pragma unroll
  for (int i = 0; i < 3; i++) {
    ahead.from[i] = p[i];
    ahead.to[i] = p[i] + n[i];
    lines += n[i] / 16;
  }
  ahead.every = ahead.wait = (int)max(steps / lines, 1L);
  return ahead;
}

// Goes on to the next range where one is done.
inline void next_range(Ahead *ahead) {
#pragma unroll
  for (int i = 0; i < 2; i++)
    if (ahead->from[0] >= ahead->to[0]) {
      ahead->from[0] = ahead->from[1];
      ahead->to[0] = ahead->to[1];
      ahead->from[1] = ahead->from[2];
      ahead->to[1] = ahead->to[2];
      ahead->to[2] = ahead->from[2];
    }
}

// acc[r][v] += a[r][p*step] * b[p][v] for p in 0..<depth, r in 0..<height; a[r][columns[p]] where
// the columns `scatter`.
inline void multiply_tile(const int vectors, const int height, const int scatter,
                          global const float *const *a, int step, global const int *columns,
                          global const float *b, int b_row, int depth, vec acc[ROWS][COLUMNS],
                          Ahead *ahead) {
  next_range(ahead);
  global const float *line = ahead->from[0], *const end = ahead->to[0];
  int wait = ahead->wait;
  for (int p = 0; p < depth; p++, b += b_row) {
    if (--wait <= 0 && line < end) {
      prefetch_line(line);
      line += 16;
      wait = ahead->every;
    }
    vec bv[COLUMNS];
#pragma unroll
    for (int v = 0; v < vectors; v++)
      bv[v] = vector_load(b + v * V);
    const long at = scatter ? columns[p] : (long)p * step;
#pragma unroll
    for (int r = 0; r < height; r++) {
      const vec av = (vec)(a[r][at]);
#pragma unroll
      for (int v = 0; v < vectors; v++)
        acc[r][v] = fma(av, bv[v], acc[r][v]);
    }
  }
  ahead->from[0] = line;
  ahead->wait = wait;
}

// Floats from one row of `columns` to the next in scratch: an odd number of cache lines, so that a
// column of rows is spread over all of a cache's sets.
inline int scratch_row(int columns) { return ((columns + 15) / 16 | 1) * 16; }

// Vectors of the widest of equally wide tiles that cover `columns`.
inline int tile_vectors(int columns) {
  const int vectors = (columns + V - 1) / V, tiles = (vectors + COLUMNS - 1) / COLUMNS;
  return (vectors + tiles - 1) / tiles;
}

// Steps of multiplication of a product of rows x columns over `depth`.
inline long product_steps(int rows, int columns, int depth) {
  const int vectors = tile_vectors(columns);
  return (long)((rows + ROWS - 1) / ROWS) * ((columns + vectors * V - 1) / (vectors * V)) * depth;
}

// A matrix is given row by row, `row` floats each, or in tiles (`row` 0): all rows of a tile's
// columns, then the next tile's. They then lie together in the caches, whatever the matrix's width.
typedef struct {
  global const float *p;
  int row, depth;
} Matrix;

inline global const float *matrix_tile(Matrix m, int column) {
  return m.p + (m.row ? (long)column : (long)column * m.depth);
}

inline int tile_row(Matrix m, int vectors) { return m.row ? m.row : vectors * V; }

inline void clear_block(vec acc[ROWS][COLUMNS]) {
#pragma unroll
  for (int r = 0; r < ROWS; r++)
#pragma unroll
    for (int v = 0; v < COLUMNS; v++)
      acc[r][v] = (vec)(0.0f);
}

// Stores a tile, added to what lies at `add` in the same layout where that is given.
inline void put_block(const int vectors, vec acc[ROWS][COLUMNS], global float *c, int c_row,
                      int rows, int columns, global const float *add) {
#pragma unroll
  for (int r = 0; r < ROWS; r++)
    if (r < rows) {
#pragma unroll
      for (int v = 0; v < vectors; v++) {
        const long at = (long)r * c_row + v * V;
        const int left = own_columns(vectors, v, columns);
        vector_store_part(add ? acc[r][v] + vector_load_part(left, add + at) : acc[r][v], left,
                          c + at);
      }
    }
}

// Stores a tile past the caches.
inline void stream_block(const int vectors, vec acc[ROWS][COLUMNS], global float *y, int y_row,
                         int rows, int columns, Finish f) {
#pragma unroll
  for (int r = 0; r < ROWS; r++)
    if (r < rows) {
#pragma unroll
      for (int v = 0; v < vectors; v++)
        finish_store(f, acc[r][v], own_columns(vectors, v, columns), y + (long)r * y_row + v * V);
    }
}

// Normalizes a tile of results on its way from registers to y, from element `at` on, by a row of
// scales and one of shifts: inference with an activation that clamps.
inline void normalize_block(const int vectors, Finish f, vec acc[ROWS][COLUMNS], global float *y,
                            long at, int y_row, int columns, int rows, global const float *scales,
                            int scale_row) {
  vec scale[COLUMNS], shift[COLUMNS];
#pragma unroll
  for (int v = 0; v < vectors; v++) {
    scale[v] = vector_load(scales + v * V);
    shift[v] = vector_load(scales + scale_row + v * V);
  }
#pragma unroll
  for (int r = 0; r < ROWS; r++)
    if (r < rows) {
#pragma unroll
      for (int v = 0; v < vectors; v++) {
        const long to = at + (long)r * y_row + v * V;
        vec value = fma(acc[r][v], scale[v], shift[v]);
        if (f.activation != IDENTITY)
          value = clamped(value, (vec)(0.0f), (vec)(f.hi));
        if (f.addend)
          value += vector_load(f.addend + to);
        finish_store(f, value, own_columns(vectors, v, columns), y + to);
      }
    }
}

// The left side of a product. Row r begins at p + r*row; or it is `runs` runs of equal length, the
// i-th of which begins at p + starts[i*block + r]: windows of images (window_ring.h).
typedef struct {
  global const float *p;
  long row;
  global const int *starts;
  int runs, block;
} Rows;

// Rows of A times B to y, from element `at` on, block by block; normalized in registers where that
// is all there is to do.
inline void product_rows(const int vectors, Rows a, global const float *b, int b_row, int depth,
                         Finish f, global float *y, long at, int y_row, int rows, int columns,
                         global const float *scales, int scale_row, Ahead *ahead) {
  global const float *add = f.addend ? f.addend : y;
  const int run = depth / a.runs;
  for (int r = 0; r < rows; r += ROWS) {
    vec acc[ROWS][COLUMNS];
    const int count = min(ROWS, rows - r);
    const long to = at + (long)r * y_row;
    clear_block(acc);
    for (int i = 0; i < a.runs; i++) {
      global const float *ar[ROWS];
#pragma unroll
      for (int k = 0; k < ROWS; k++) {
        const int row = r + min(k, count - 1);
        ar[k] = a.p + (a.starts ? (long)a.starts[i * a.block + row] : row * a.row);
      }
      multiply_tile(vectors, ROWS, 0, ar, 1, 0, b + (long)i * run * b_row, b_row, run, acc, ahead);
    }
    if (f.kind == NORMALIZE && f.is_clamp)
      normalize_block(vectors, f, acc, y, to, y_row, columns, count, scales, scale_row);
    else if (f.kind == PLAIN && f.streams)
      stream_block(vectors, acc, y + to, y_row, count, columns, f);
    else
      put_block(vectors, acc, y + to, y_row, count, columns, f.kind == ACCUMULATE ? add + to : 0);
  }
}

// The same for a count of vectors that is not constant.
outlined_in_opencl void product_tile(int vectors, Rows a, global const float *b, int b_row,
                                     int depth, Finish f, global float *y, long at, int y_row,
                                     int rows, int columns, global const float *scales,
                                     int scale_row, Ahead *ahead) {
#define CALL(vectors, ignored)                                                                     \
  product_rows(vectors, a, b, b_row, depth, f, y, at, y_row, rows, columns, scales, scale_row,     \
               ahead)
  WITH_VECTORS(vectors, 0, CALL);
#undef CALL
}

// One row times a matrix: y[j] = sum over p of a[p] * b[p, j]. Rows of b are read from end to end.
outlined_in_opencl void multiply_row(global const float *a, global const float *b, int b_row,
                                     int depth, global float *y, int columns,
                                     global const float *add) {
  int c = 0;
  for (; c + 8 * V <= columns; c += 8 * V) {
    vec acc[8];
#pragma unroll
    for (int v = 0; v < 8; v++)
      acc[v] = (vec)(0.0f);
    for (int p = 0; p < depth; p++) {
#pragma unroll
      for (int v = 0; v < 8; v++)
        acc[v] = fma((vec)(a[p]), vector_load(b + (long)p * b_row + c + v * V), acc[v]);
    }
#pragma unroll
    for (int v = 0; v < 8; v++)
      vector_store(add ? acc[v] + vector_load(add + c + v * V) : acc[v], y + c + v * V);
  }
  for (; c < columns; c += V) {
    vec acc = (vec)(0.0f);
    for (int p = 0; p < depth; p++)
      acc = fma((vec)(a[p]), vector_load(b + (long)p * b_row + c), acc);
    vector_store_part(add ? acc + vector_load_part(columns - c, add + c) : acc, columns - c, y + c);
  }
}

#endif
