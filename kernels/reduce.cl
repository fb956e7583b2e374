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
