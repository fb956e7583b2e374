// Kernels over flat arrays: activations, sums, fills, dropout.

kernel void activation(const int items, global const float *x, const long x_at, global float *y,
                       const long y_at, const long count, const int per_item, const int kind) {
  x += x_at;
  y += y_at;
  FOR_EACH_VECTOR(i, count)
  vector_store_part(activate(vector_load(x + i), kind), count - i, y + i);
}
NATIVE(activation)

kernel void activation_gradient(const int items, global const float *x, const long x_at,
                                global const float *dy, const long dy_at, global float *dx,
                                const long dx_at, const long count, const int per_item,
                                const int kind, const int accumulate) {
  x += x_at;
  dy += dy_at;
  dx += dx_at;
  FOR_EACH_VECTOR(i, count)
  vector_put(vector_load(dy + i) * activation_slope(vector_load(x + i), kind), count - i, dx + i,
             accumulate);
}
NATIVE(activation_gradient)

// y (+)= x.
kernel void accumulate(const int items, global const float *x, const long x_at, global float *y,
                       const long y_at, const long count, const int per_item,
                       const int accumulate) {
  x += x_at;
  y += y_at;
  FOR_EACH_VECTOR(i, count)
  vector_put(vector_load(x + i), count - i, y + i, accumulate);
}
NATIVE(accumulate)

kernel void fill(const int items, global float *y, const long y_at, const long count,
                 const int per_item, const float value) {
  y += y_at;
  FOR_EACH_VECTOR(i, count)
  vector_store_part((vec)(value), count - i, y + i);
}
NATIVE(fill)

// y[r*y_row + c] (+)= x[r*x_row + c], r < rows, c < columns.
kernel void copy_rows(const int items, global const float *x, const long x_at, const int x_row,
                      global float *y, const long y_at, const int y_row, const int rows,
                      const int columns, const int chunk, const int span, const int accumulate) {
  ITEM(item); // chunks of rows x spans of columns
  const int spans = (columns + span - 1) / span, first = item / spans * chunk;
  const int c_first = item % spans * span, c_last = min(c_first + span, columns);
  for (int r = first; r < min(first + chunk, rows); r++)
    for (int c = c_first; c < c_last; c += V)
      vector_put(vector_load(x + x_at + (long)r * x_row + c), columns - c,
                 y + y_at + (long)r * y_row + c, accumulate);
}
NATIVE(copy_rows)

// A uniform number in [0, 1) for element i of a stream: a counter through an integer hash, so the
// mask need not be stored.
inline float uniform(uint i, uint seed) {
  uint h = i * 0x9E3779B9u + seed;
  h = (h ^ (h >> 16)) * 0x85EBCA6Bu;
  h = (h ^ (h >> 13)) * 0xC2B2AE35u;
  h ^= h >> 16;
  h = (h + seed * 0x27D4EB2Fu) * 0x165667B1u;
  return ((h ^ (h >> 15)) >> 8) * (1.0f / 16777216.0f);
}

// y (+)= x / (1 - rate) where the element is kept, else 0: forward and backward alike.
kernel void dropout(const int items, global const float *x, const long x_at, global float *y,
                    const long y_at, const long count, const int per_item, const float rate,
                    const int seed, const int first, const int accumulate) {
  x += x_at;
  y += y_at;
  const float kept = 1.0f / (1.0f - rate);
  FOR_EACH_VECTOR(i, count)
  for (long j = i; j < min(i + V, count); j++) {
    const float v = uniform((uint)j + (uint)first, (uint)seed) >= rate ? x[j] * kept : 0.0f;
    y[j] = accumulate ? y[j] + v : v;
  }
}
NATIVE(dropout)

// y (+)= g * (a - b); without an a, one stands for it, without a b, nought.
kernel void product(const int items, global const float *g, const long g_at, global const float *a,
                    const long a_at, global const float *b, const long b_at, global float *y,
                    const long y_at, const long count, const int per_item, const int accumulate) {
  g += g_at;
  y += y_at;
  FOR_EACH_VECTOR(i, count) {
    const vec one = a ? vector_load(a + a_at + i) : (vec)(1.0f);
    const vec two = b ? vector_load(b + b_at + i) : (vec)(0.0f);
    vector_put(vector_load(g + i) * (one - two), count - i, y + i, accumulate);
  }
}
NATIVE(product)

// y = b + g * (a - b).
kernel void interpolate(const int items, global const float *g, const long g_at,
                        global const float *a, const long a_at, global const float *b,
                        const long b_at, global float *y, const long y_at, const long count,
                        const int per_item) {
  FOR_EACH_VECTOR(i, count) {
    const vec from = vector_load(b + b_at + i);
    vector_store_part(fma(vector_load(g + g_at + i), vector_load(a + a_at + i) - from, from),
                      count - i, y + y_at + i);
  }
}
NATIVE(interpolate)
