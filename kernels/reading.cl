// Readings made into tensors, where a reader cannot apply them itself.
#include "reading.h"

// y (+)= x as its readers see it.
kernel void materialize(const int items, global const element *x, const long x_at,
                        global const float *gradient, const long gradient_at,
                        global const float *table, const long table_at, const int table_row,
                        const int view, global float *y, const long y_at, const int rows,
                        const int channels, const int chunk, const int span, const int accumulate) {
  ITEM(item); // chunks of rows x spans of columns
  const int spans = (channels + span - 1) / span, first = item / spans * chunk;
  const int c_first = item % spans * span, c_last = min(c_first + span, channels);
  const Reading r = reading(x + x_at, gradient + gradient_at, table + table_at, table_row, view);
  for (int row = first; row < min(first + chunk, rows); row++)
    for (int c = c_first; c < c_last; c += V)
      vector_put(read_vector(r, (long)row * channels, c), channels - c,
                 y + y_at + (long)row * channels + c, accumulate);
}
NATIVE(materialize)

// y = a + b, both as their readers see them.
kernel void add_readings(const int items, global const element *a, const long a_at,
                         global const float *a_table, const long a_table_at, const int a_view,
                         global const element *b, const long b_at, global const float *b_table,
                         const long b_table_at, const int b_view, global element *y,
                         const long y_at, const int rows, const int channels, const int chunk,
                         const int span) {
  ITEM(item); // chunks of rows x spans of columns
  const int spans = (channels + span - 1) / span, first = item / spans * chunk;
  const int c_first = item % spans * span, c_last = min(c_first + span, channels);
  const Reading ra = reading(a + a_at, 0, a_table + a_table_at, channels, a_view);
  const Reading rb = reading(b + b_at, 0, b_table + b_table_at, channels, b_view);
  for (int row = first; row < min(first + chunk, rows); row++)
    for (int c = c_first; c < c_last; c += V)
      element_store_part(read_vector(ra, (long)row * channels, c) +
                             read_vector(rb, (long)row * channels, c),
                         channels - c, y + y_at + (long)row * channels + c);
}
NATIVE(add_readings)

// Numbers as activations are stored.
kernel void store_elements(const int items, global const float *x, const long x_at,
                           global element *y, const long y_at, const long count,
                           const int per_item) {
  x += x_at;
  y += y_at;
  FOR_EACH_VECTOR(i, count)
  element_store_part(vector_load(x + i), count - i, y + i);
}
NATIVE(store_elements)
