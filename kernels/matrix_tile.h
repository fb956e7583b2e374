// The register tile of a matrix product, and the rows that a convolution multiplies.
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

// acc[r][v] += a[r][p] * b[p][v] for p in 0..<depth, r in 0..<height.
inline void multiply_tile(const int vectors, const int height, global const float *const *a,
                          int a_column, global const float *b, int b_row, int depth,
                          vec acc[ROWS][COLUMNS], Ahead *ahead) {
  next_range(ahead);
  global const float *line = ahead->from[0], *const end = ahead->to[0];
  int wait = ahead->wait;
  for (int p = 0; p < depth; p++, b += b_row) {
    if (--wait <= 0 && line < end) {
      prefetch_line(line);
      line += 16;
      wait = ahead->every;
    }
    // Names, not an array: PoCL's compiler keeps arrays of vectors in memory.
    const vec b0 = vector_load(b), b1 = vectors > 1 ? vector_load(b + V) : b0;
#if COLUMNS > 2
    const vec b2 = vectors > 2 ? vector_load(b + 2 * V) : b0;
#endif
#pragma unroll
    for (int r = 0; r < height; r++) {
      const vec av = (vec)(a[r][(long)p * a_column]);
      acc[r][0] = fma(av, b0, acc[r][0]);
#if COLUMNS > 1
      if (vectors > 1)
        acc[r][1] = fma(av, b1, acc[r][1]);
#endif
#if COLUMNS > 2
      if (vectors > 2)
        acc[r][2] = fma(av, b2, acc[r][2]);
#endif
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

// acc = A tile * B: `rows` of up to `height` rows. Row r of A begins at a + r*a_row, its column p
// lies at p*a_column.
inline void multiply_block(const int vectors, const int height, global const float *a, long a_row,
                           int a_column, global const float *b, int b_row, int depth, int rows,
                           vec acc[ROWS][COLUMNS], Ahead *ahead) {
  global const float *ar[ROWS];
#pragma unroll
  for (int r = 0; r < height; r++) {
    ar[r] = a + min(r, rows - 1) * a_row;
#pragma unroll
    for (int v = 0; v < vectors; v++)
      acc[r][v] = (vec)(0.0f);
  }
  multiply_tile(vectors, height, ar, a_column, b, b_row, depth, acc, ahead);
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

// Rows of A times B to y, from element `at` on, block by block; normalized in registers where that
// is all there is to do.
inline void product_rows(const int vectors, global const float *a, long a_row,
                         global const float *b, int b_row, int depth, Finish f, global float *y,
                         long at, int y_row, int rows, int columns, global const float *scales,
                         int scale_row, Ahead *ahead) {
  global const float *add = f.addend ? f.addend : y;
  for (int r = 0; r < rows; r += ROWS) {
    vec acc[ROWS][COLUMNS];
    const int count = min(ROWS, rows - r);
    const long to = at + (long)r * y_row;
    multiply_block(vectors, ROWS, a + r * a_row, a_row, 1, b, b_row, depth, count, acc, ahead);
    if (f.kind == NORMALIZE && f.is_clamp)
      normalize_block(vectors, f, acc, y, to, y_row, columns, count, scales, scale_row);
    else if (f.kind == PLAIN && f.streams)
      stream_block(vectors, acc, y + to, y_row, count, columns, f);
    else
      put_block(vectors, acc, y + to, y_row, count, columns, f.kind == ACCUMULATE ? add + to : 0);
  }
}

// A function of its own: PoCL's compiler keeps accumulators in memory that loops of one function
// share, and makes three of a kernel's loops for what does not change in them.
outlined_in_opencl void product_tile(int vectors, global const float *a, long a_row,
                                     global const float *b, int b_row, int depth, Finish f,
                                     global float *y, long at, int y_row, int rows, int columns,
                                     global const float *scales, int scale_row, Ahead *ahead) {
#define CALL(vectors)                                                                              \
  product_rows(vectors, a, a_row, b, b_row, depth, f, y, at, y_row, rows, columns, scales,         \
               scale_row, ahead)
  WITH_VECTORS(vectors, CALL);
#undef CALL
}

// How output positions see the input: a row of the matrix for each position (n, oy, ox), a column
// for each (ky, kx, channel). Pixels of the input are `x_row` floats apart.
typedef struct {
  int in_height, in_width, x_row, out_height, out_width, kernel_y, kernel_x, depth;
  Gather gy, gx;
} Window;

// One window: all taps of a row of the kernel lie together in memory.
inline void read_window(Reading r, Window w, long image, int oy, int ox, global float *out) {
  const int left = ox * w.gx.mul + w.gx.shift, run = w.kernel_x * w.depth;
  const int lo = max(0, -left), hi = min(w.kernel_x, w.in_width - left);
  for (int ky = 0; ky < w.kernel_y; ky++, out += run) {
    const int iy = oy * w.gy.mul + w.gy.shift + ky;
    const int inside = iy >= 0 && iy < w.in_height;
    if (!inside || lo > 0 || hi < w.kernel_x)
      for (int i = 0; i < run; i += V)
        vector_store((vec)(0.0f), out + i);
    if (!inside)
      continue;
    global const element *from = r.x + image + ((long)iy * w.in_width + left) * w.depth;
    for (int i = lo * w.depth; i < hi * w.depth; i++)
      out[i] = element_number(from + i);
  }
}

// `count` windows `step` floats apart, each of `rows` runs of up to four floats, `line` floats
// apart: run by run, noughts for those outside [first, last).
inline void read_narrow_windows(global const element *from, int line, int step, int run, int rows,
                                int first, int last, int count, global float *out, int out_row) {
  for (int ky = 0; ky < rows; ky++, from += line, out += run) {
    const int is_inside = ky >= first && ky < last;
    for (int i = 0; is_inside && i < count; i++)
      vstore4(element_load4(from + i * step), 0, out + i * out_row);
    for (int i = 0; !is_inside && i < count; i++)
      vstore4((float4)(0.0f), 0, out + i * out_row);
  }
}

// As many of the `count` windows from (oy, ox) on as lie side by side within the image, perhaps
// none; narrow ones may reach over its upper and lower edge.
inline int read_inner_windows(Reading r, Window w, long image, int oy, int ox, int count,
                              global float *out, int out_row) {
  const int top = oy * w.gy.mul + w.gy.shift, left = ox * w.gx.mul + w.gx.shift;
  const int right = w.in_width - w.kernel_x - left, run = w.kernel_x * w.depth;
  const int is_narrow = run <= 4 && (w.kernel_y - 1) * run + 4 <= out_row;
  if (left < 0 || right < 0 || (!is_narrow && (top < 0 || top + w.kernel_y > w.in_height)))
    return 0;
  const int inner = min(min(count, w.out_width - ox), right / w.gx.mul + 1);
  const int line = w.in_width * w.depth, step = w.gx.mul * w.depth;
  global const element *from = r.x + image + ((long)top * w.in_width + left) * w.depth;
  if (is_narrow)
    read_narrow_windows(from, line, step, run, w.kernel_y, -top, w.in_height - top, inner, out,
                        out_row);
  else
    for (int i = 0; i < inner; i++, from += step, out += out_row)
      for (int ky = 0; ky < w.kernel_y; ky++)
        for (int j = 0; j < run; j += V)
          vector_store(element_load(from + ky * line + j), out + ky * run + j);
  return inner;
}

// Any window's columns [p_first, p_last), tap by tap.
inline void read_taps(Reading r, Window w, long image, int oy, int ox, int p_first, int p_last,
                      global float *out) {
  for (int tap = p_first / w.depth; tap * w.depth < p_last; tap++) {
    const int c = max(p_first - tap * w.depth, 0), c_end = min(p_last - tap * w.depth, w.depth);
    const int iy = gather_position(oy, tap / w.kernel_x, w.in_height, w.gy);
    const int ix = gather_position(ox, tap % w.kernel_x, w.in_width, w.gx);
    const Span to = {out, 0, V};
    if (iy >= 0 && ix >= 0)
      read_spans(r, image + ((long)iy * w.in_width + ix) * w.x_row, 0, 1, c, c_end - c, to);
    else
      for (int k = 0; k < c_end - c; k += V)
        vector_store((vec)(0.0f), out + k);
    out += c_end - c;
  }
}

// Rows [first, first + count), columns [p_first, p_last) of that matrix, to `panel`.
outlined_in_opencl void read_panel(Reading r, Window w, int first, int count, int p_first,
                                   int p_last, global float *panel, int panel_row) {
  const int taps = w.kernel_y * w.kernel_x;
  if (taps == 1 && w.gy.mul == 1 && w.gy.div == 1 && w.gy.shift == 0) {
    const Span out = {panel, panel_row, V};
    read_spans(r, (long)first * w.x_row, w.x_row, count, p_first, p_last - p_first, out);
    return;
  }
  const int is_run = r.view == AS_IS && w.gx.div == 1 && w.gx.step == 1 && w.x_row == w.depth &&
                     p_first == 0 && p_last == taps * w.depth;
  int n = first / (w.out_height * w.out_width);
  int oy = first / w.out_width % w.out_height, ox = first % w.out_width;
  for (int i = 0, read = 1; i < count; i += read) {
    global float *out = panel + (long)i * panel_row;
    const long image = (long)n * w.in_height * w.in_width * w.x_row;
    read = is_run ? read_inner_windows(r, w, image, oy, ox, count - i, out, panel_row) : 0;
    if (!read) {
      read = 1;
      if (is_run)
        read_window(r, w, image, oy, ox, out);
      else
        read_taps(r, w, image, oy, ox, p_first, p_last, out);
    }
    ox += read;
    if (ox == w.out_width) {
      ox = 0;
      if (++oy == w.out_height) {
        oy = 0;
        n++;
      }
    }
  }
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
