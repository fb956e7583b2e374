// Ordered sums: the second stage of every reduction, always in the same order, without atomics.
#include "reduce.h"

// out[i,j,k,c] (+)= sum over s of partial[s,i,j,k,c]; `out` is a slice with strides.
kernel void sum_partials(SUM_PARTIALS_PARAMETERS) {
  ITEM(item); // (i x j x k) x channel vectors
  const int vectors = (columns + V - 1) / V;
  const int c = item % vectors * V, row = item / vectors;
  partial += partial_at + (long)row * columns + c;
  vec sum = (vec)(0.0f);
  for (int s = 0; s < splits; s++)
    sum += vector_load(partial + s * split_stride);
  store_sum(SUM_PARTIALS_OUTPUT, row, c, sum);
}
NATIVE(sum_partials)

// Column sums of x [rows, columns] in chunks: partial[chunk, columns].
kernel void sum_rows(const int items, global const float *x, const long x_at, global float *partial,
                     const long partial_at, const int rows, const int columns, const int chunk) {
  ITEM(item); // chunks x channel vectors
  const int vectors = (columns + V - 1) / V;
  const int c = item % vectors * V, first = item / vectors * chunk;
  const int last = min(first + chunk, rows);
  x += x_at + c;
  vec sum = (vec)(0.0f);
  for (int r = first; r < last; r++)
    sum += vector_load(x + (long)r * columns);
  vector_store_part(sum, columns - c, partial + partial_at + (long)(item / vectors) * columns + c);
}
NATIVE(sum_rows)

// Column sums of the squares of x [count], seen as rows of `columns` (a multiple of V), in chunks:
// partial[chunk, columns].
kernel void sum_squares(const int items, global const float *x, const long x_at,
                        global float *partial, const long partial_at, const long count,
                        const int columns, const int chunk) {
  ITEM(item); // chunks x vectors of columns
  const int vectors = columns / V, c = item % vectors * V, part = item / vectors;
  vec sum = (vec)(0.0f);
  for (int r = part * chunk; r < (part + 1) * chunk; r++) {
    const long at = (long)r * columns + c;
    if (at < count) {
      const vec v = vector_load_part(count - at, x + x_at + at);
      sum = fma(v, v, sum);
    }
  }
  vector_store(sum, partial + partial_at + (long)part * columns + c);
}
NATIVE(sum_squares)

// Of squares [columns]: the length, and what makes it no longer than the limit (PyTorch's
// clip_grad_norm_): clipped[0] is the factor, clipped[1] the length.
kernel void clip_length(const int items, global const float *squares, const long squares_at,
                        global float *clipped, const long clipped_at, const int columns,
                        const float limit) {
  ITEM(item); // of clipped
  float sum = 0.0f;
  for (int c = 0; c < columns; c++)
    sum += squares[squares_at + c];
  const float length = sqrt(sum);
  clipped[clipped_at + item] = item ? length : fmin(1.0f, limit / (length + 1e-6f));
}
NATIVE(clip_length)
