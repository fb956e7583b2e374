// How a kernel reads what another left unfinished, and finishes what it hands on.
//
// An activation that batch norm follows is stored as the convolution left it; whoever reads it
// applies scale, shift and activation while loading. On the way back, the gradient that a batch
// norm hands its convolution is a combination of two stored tensors, made while loading too.
#ifndef READING_H
#define READING_H

// `view`, where it is not an activation's number (then: activate(x*a + b)).
enum { AS_IS = -1, GRADIENT = -2 }; // x; x*a + z*b + c

// Tensors [pixels, channels], and a, b, c per channel.
typedef struct {
  global const float *x, *z, *a, *b, *c;
  int view;
} Reading;

// `table` holds a, b and, for gradients, c: rows of `channels`.
inline Reading reading(global const float *x, global const float *z, global const float *table,
                       int channels, int view) {
  const Reading r = {x, z, table, table + channels, table + 2L * channels, view};
  return r;
}

// Channel c of the pixel at `at`, and those after it.
inline vec read_vector(Reading r, long at, int c) {
  const vec x = vector_load(r.x + at + c);
  if (r.view == AS_IS)
    return x;
  if (r.view == GRADIENT)
    return fma(x, vector_load(r.a + c),
               fma(vector_load(r.z + at + c), vector_load(r.b + c), vector_load(r.c + c)));
  return activate(fma(x, vector_load(r.a + c), vector_load(r.b + c)), r.view);
}

// Channels [first, last) of the pixel at `at`, to `out`; up to V-1 floats after them too.
inline void read_pixel(Reading r, long at, int first, int last, global float *out) {
  out -= first;
  // The two that training lives on have loops of their own.
  if (r.view == RELU)
    for (int c = first; c < last; c += V)
      vector_store(fmax(fma(vector_load(r.x + at + c), vector_load(r.a + c), vector_load(r.b + c)),
                        (vec)(0.0f)),
                   out + c);
  else if (r.view == GRADIENT)
    for (int c = first; c < last; c += V)
      vector_store(fma(vector_load(r.x + at + c), vector_load(r.a + c),
                       fma(vector_load(r.z + at + c), vector_load(r.b + c), vector_load(r.c + c))),
                   out + c);
  else if (r.view == AS_IS)
    for (int c = first; c < last; c += V)
      vector_store(vector_load(r.x + at + c), out + c);
  else
    for (int c = first; c < last; c += V)
      vector_store(read_vector(r, at, c), out + c);
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

// `vectors` vectors of channels from c of `count` pixels `step` floats apart, the first at `at`: to
// `out`, pixels `out_step` and vectors `out_vector` floats apart. What is applied stays in
// registers; the two readings that training lives on have loops of their own.
inline void read_span(const int vectors, Reading r, long at, long step, int count, int c,
                      global float *out, int out_step, int out_vector) {
  global const float *x = r.x + at + c, *z = r.z + at + c;
  vec a[COLUMNS], b[COLUMNS], d[COLUMNS];
  if (r.view != AS_IS) {
#pragma unroll
    for (int v = 0; v < vectors; v++) {
      a[v] = vector_load(r.a + c + v * V);
      b[v] = vector_load(r.b + c + v * V);
      d[v] = r.view == GRADIENT ? vector_load(r.c + c + v * V) : (vec)(0.0f);
    }
  }
  if (r.view == RELU)
    for (int i = 0; i < count; i++) {
#pragma unroll
      for (int v = 0; v < vectors; v++)
        vector_store(fmax(fma(vector_load(x + i * step + v * V), a[v], b[v]), (vec)(0.0f)),
                     out + (long)i * out_step + v * out_vector);
    }
  else if (r.view == GRADIENT)
    for (int i = 0; i < count; i++) {
#pragma unroll
      for (int v = 0; v < vectors; v++)
        vector_store(fma(vector_load(x + i * step + v * V), a[v],
                         fma(vector_load(z + i * step + v * V), b[v], d[v])),
                     out + (long)i * out_step + v * out_vector);
    }
  else
    for (int i = 0; i < count; i++) {
#pragma unroll
      for (int v = 0; v < vectors; v++) {
        vec value = vector_load(x + i * step + v * V);
        if (r.view != AS_IS)
          value = activate(fma(value, a[v], b[v]), r.view);
        vector_store(value, out + (long)i * out_step + v * out_vector);
      }
    }
}

// The same of `channels` channels.
inline void read_spans(Reading r, long at, long step, int count, int c, int channels,
                       global float *out, int out_step, int out_vector) {
  for (int v = 0; v * V < channels; v += COLUMNS)
    WITH_VECTORS(min(COLUMNS, (channels + V - 1) / V - v), read_span, r, at, step, count, c + v * V,
                 out + (long)v * out_vector, out_step, out_vector);
}

// What happens to results as they are stored.
enum {
  PLAIN,      // y = value
  ACCUMULATE, // y += value
  STATISTICS, // y = value; per item mean and centred sum of squares of each channel
  NORMALIZE,  // y = activate((value - mean)/deviation*gamma + beta) (+ addend)
  FINISH,     // y = (value + addend) * slope(x*scale + shift); its sums, and sums with x - mean
};

typedef struct {
  int kind, activation;
  // Added to the value where given; not y itself.
  global const float *addend;
  // NORMALIZE: per channel; null where gamma is one, the mean nought, the variance one.
  global const float *gamma, *beta, *mean, *variance;
  float epsilon;
  // FINISH: the tensor whose gradient y is, and its saved rows mean, 1/deviation, scale, shift.
  global const float *x, *saved;
  int channels;
  // Whether the activation clamps to [lo, hi], or does nothing.
  int is_clamp;
  // Whether y is written past the caches.
  int streams;
  float lo, hi;
} Finish;

inline Finish with_limits(Finish f, int streams) {
  f.streams = streams;
  f.is_clamp = f.activation <= RELU6;
  f.lo = f.activation == IDENTITY ? -INFINITY : 0.0f;
  f.hi = f.activation == RELU6 ? 6.0f : INFINITY;
  return f;
}

// NORMALIZE: value*scale + shift.
inline void inference_scale(Finish f, int c, vec *scale, vec *shift) {
  *scale = (vec)(1.0f);
  *shift = vector_load(f.beta + c);
  if (f.gamma) {
    *scale = vector_load(f.gamma + c) / sqrt(vector_load(f.variance + c) + f.epsilon);
    *shift -= vector_load(f.mean + c) * *scale;
  }
}

// Sums of one item, rows of `sum_row` floats in its scratch: STATISTICS sum (y - origin),
// sum (y - origin)^2 and the origin, its first row: rounding then costs at most a factor of the
// item's rows. FINISH: sum y, sum y * (x - mean).

// Values on their way to y: rows `row` floats apart, their vectors `vector` floats apart.
typedef struct {
  global const float *p;
  int row, vector;
} Values;

// Finishes `rows` rows x `vectors` vectors of values, or part of one, to element `y_at` of y on, channel c. The
// values may lie in y already. The addend and x have y's layout.
#define FINISH_STORE(value, p)                                                                     \
  do {                                                                                             \
    if (full && f.streams)                                                                         \
      vector_stream(value, p);                                                                     \
    else if (full)                                                                                 \
      vector_store(value, p);                                                                      \
    else                                                                                           \
      vector_store_part(value, columns, p);                                                        \
  } while (0)
inline void finish_columns(const int vectors, const int full, Finish f, Values values,
                           global float *y, long y_at, int y_row, int c, int columns, int rows,
                           global float *sums, int sum_row, int is_first) {
  const int in_place = values.p == y + y_at;
  vec first[COLUMNS], second[COLUMNS], a[COLUMNS], b[COLUMNS], d[COLUMNS];
#pragma unroll
  for (int v = 0; v < vectors; v++) {
    first[v] = second[v] = (vec)(0.0f);
    if (f.kind == STATISTICS) {
      if (is_first)
        vector_store(vector_load(values.p + v * values.vector), sums + 2 * sum_row + c + v * V);
      a[v] = vector_load(sums + 2 * sum_row + c + v * V);
    } else if (f.kind == FINISH) {
      a[v] = vector_load(f.saved + 2L * f.channels + c + v * V);
      b[v] = vector_load(f.saved + 3L * f.channels + c + v * V);
      d[v] = vector_load(f.saved + c + v * V);
    } else if (f.kind == NORMALIZE) {
      inference_scale(f, c + v * V, &a[v], &b[v]);
    }
  }
  if (f.kind == STATISTICS) {
    for (int r = 0; r < rows; r++) {
#pragma unroll
      for (int v = 0; v < vectors; v++) {
        const vec value = vector_load(values.p + (long)r * values.row + v * values.vector);
        const vec distance = value - a[v];
        if (!in_place)
          FINISH_STORE(value, y + y_at + (long)r * y_row + v * V);
        first[v] += distance;
        second[v] = fma(distance, distance, second[v]);
      }
    }
  } else if (f.kind == FINISH && f.activation == RELU && !f.addend) {
    // The case that training lives on.
    for (int r = 0; r < rows; r++) {
#pragma unroll
      for (int v = 0; v < vectors; v++) {
        const long at = y_at + (long)r * y_row + v * V;
        const vec x = vector_load(f.x + at);
        const vec value = vector_load(values.p + (long)r * values.row + v * values.vector);
        const vec g = fma(x, a[v], b[v]) > (vec)(0.0f) ? value : (vec)(0.0f);
        FINISH_STORE(g, y + at);
        first[v] += g;
        second[v] = fma(g, x - d[v], second[v]);
      }
    }
  } else if (f.kind == FINISH) {
    for (int r = 0; r < rows; r++) {
#pragma unroll
      for (int v = 0; v < vectors; v++) {
        const long at = y_at + (long)r * y_row + v * V;
        vec g = vector_load(values.p + (long)r * values.row + v * values.vector);
        const vec x = vector_load(f.x + at);
        if (f.addend)
          g += vector_load(f.addend + at);
        if (f.activation != IDENTITY)
          g *= activation_slope(fma(x, a[v], b[v]), f.activation);
        FINISH_STORE(g, y + at);
        first[v] += g;
        second[v] = fma(g, x - d[v], second[v]);
      }
    }
  } else {
    for (int r = 0; r < rows; r++) {
#pragma unroll
      for (int v = 0; v < vectors; v++) {
        const long at = y_at + (long)r * y_row + v * V;
        vec value = vector_load(values.p + (long)r * values.row + v * values.vector);
        if (f.kind == NORMALIZE) {
          value = fma(value, a[v], b[v]);
          if (!f.is_clamp)
            value = activate(value, f.activation);
          else if (f.activation != IDENTITY)
            value = fmin(fmax(value, (vec)(f.lo)), (vec)(f.hi));
        }
        if (f.kind == ACCUMULATE)
          value += vector_load(y + at);
        if (f.addend)
          value += vector_load(f.addend + at);
        FINISH_STORE(value, y + at);
      }
    }
  }
  if (f.kind == STATISTICS || f.kind == FINISH) {
#pragma unroll
    for (int v = 0; v < vectors; v++) {
      if (!is_first) {
        first[v] += vector_load(sums + c + v * V);
        second[v] += vector_load(sums + sum_row + c + v * V);
      }
      vector_store(first[v], sums + c + v * V);
      vector_store(second[v], sums + sum_row + c + v * V);
    }
  }
}

// The same of `columns` columns, at most COLUMNS vectors; the last may be part of one.
inline void finish_tile(Finish f, Values values, global float *y, long y_at, int y_row, int c,
                        int columns, int rows, global float *sums, int sum_row, int is_first) {
  const int whole = columns / V;
  if (whole > 0)
    WITH_VECTORS(whole, finish_columns, 1, f, values, y, y_at, y_row, c, columns, rows, sums,
                 sum_row, is_first);
  if (columns % V > 0) {
    const int done = whole * V;
    values.p += (long)whole * values.vector;
    finish_columns(1, 0, f, values, y, y_at + done, y_row, c + done, columns - done, rows, sums,
                   sum_row, is_first);
  }
}

// An item's sums of channels [first, last) over `rows` rows, to partial[0..1, channels]: mean and
// centred sum of squares, or the two sums.
inline void store_sums(int kind, global const float *sums, int sum_row, int rows,
                       global float *partial, int channels, int first, int last) {
  for (int c = first; c < last; c += V) {
    vec one = vector_load(sums + c), two = vector_load(sums + sum_row + c);
    if (kind == STATISTICS) {
      const vec mean = one * (1.0f / rows);
      two = fmax(two - one * mean, (vec)(0.0f));
      one = vector_load(sums + 2 * sum_row + c) + mean;
    }
    vector_store_part(one, last - c, partial + c);
    vector_store_part(two, last - c, partial + channels + c);
  }
}

#endif
