// How a kernel finishes what it hands on (reading.h): a tile of results in memory.
#ifndef FINISH_H
#define FINISH_H

#include "element.h"

// What happens to results as they are stored.
enum {
  PLAIN,      // y = value
  ACCUMULATE, // y = value + addend, or y += value
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
  global const element *x;
  global const float *saved;
  int channels;
  // Whether the activation clamps to [0, hi], or does nothing.
  int is_clamp;
  // Whether y is written past the caches.
  int streams;
  float hi;
} Finish;

inline Finish with_limits(Finish f, int streams) {
  // Inference reads results at once: from the last cache, if they are not too many for it.
  f.streams = streams && (V == 16 || f.kind != NORMALIZE);
  f.is_clamp = f.activation <= RELU6;
  f.hi = f.activation == RELU6 ? 6.0f : INFINITY;
  return f;
}

// NORMALIZE: value*scale + shift; PLAIN: no change.
inline void inference_scale(Finish f, int c, vec *scale, vec *shift) {
  *scale = (vec)(1.0f);
  *shift = f.beta ? vector_load(f.beta + c) : (vec)(0.0f);
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

// Where a tile of values comes from and goes to: `rows` rows, from element `at` of y on, channel c.
// The values may lie in y already. The addend and x have y's layout. Of STATISTICS y is an
// activation, of elements.
typedef struct {
  Values values;
  global float *y;
  long at;
  int y_row, rows, c;
  // The item's sums, and whether these rows are its first.
  global float *sums;
  int sum_row, is_first;
  // Whether other items write other columns of these rows.
  int has_neighbours;
} Results;

// A vector of a result that was stored in place. What follows a row is the next one's, the item's
// own too; but what follows the last row, or rows shared with others, another item may be writing.
inline vec stored_vector(Results t, int row, int columns, global const float *p) {
  return row + 1 < t.rows && !t.has_neighbours ? vector_load(p) : vector_load_part(columns, p);
}

// The same of one that may come from a stage.
inline vec finished_vector(const int is_staged, Results t, int row, int columns,
                           global const float *p) {
  return is_staged ? vector_load(p) : stored_vector(t, row, columns, p);
}

// Columns of a row's vector v: only the last may be part of one.
inline int own_columns(const int vectors, int v, int columns) {
  return v + 1 < vectors ? V : columns - v * V;
}

// Any finish, one vector of `columns` channels or fewer.
outlined void finish_any_column(Finish f, Results t, int columns) {
  vec first = (vec)(0.0f), second = (vec)(0.0f), scale = (vec)(1.0f), shift = (vec)(0.0f);
  vec mean = (vec)(0.0f);
  if (f.kind == STATISTICS) {
    if (t.is_first)
      vector_store(stored_vector(t, 0, columns, t.values.p), t.sums + 2 * t.sum_row + t.c);
    mean = vector_load(t.sums + 2 * t.sum_row + t.c);
  } else if (f.kind == FINISH) {
    mean = vector_load(f.saved + t.c);
    scale = vector_load(f.saved + 2L * f.channels + t.c);
    shift = vector_load(f.saved + 3L * f.channels + t.c);
  } else if (f.kind == NORMALIZE)
    inference_scale(f, t.c, &scale, &shift);
  for (int r = 0; r < t.rows; r++) {
    const long at = t.at + (long)r * t.y_row;
    vec value = stored_vector(t, r, columns, t.values.p + (long)r * t.values.row), x = value;
    if (f.kind == NORMALIZE)
      value = activate(fma(value, scale, shift), f.activation);
    if (f.kind == ACCUMULATE && !f.addend)
      value += vector_load_part(columns, t.y + at);
    if (f.addend)
      value += vector_load(f.addend + at);
    if (f.kind == FINISH) {
      x = element_load(f.x + at);
      value *= activation_slope(fma(x, scale, shift), f.activation);
    }
    if (f.kind == STATISTICS)
      element_store_part(value, columns, (global element *)t.y + at);
    else
      vector_store_part(value, columns, t.y + at);
    const vec distance = x - mean, counted = f.kind == STATISTICS ? distance : value;
    first += counted;
    second = fma(counted, distance, second);
  }
  if (f.kind == STATISTICS || f.kind == FINISH) {
    if (!t.is_first) {
      first += vector_load(t.sums + t.c);
      second += vector_load(t.sums + t.sum_row + t.c);
    }
    vector_store(first, t.sums + t.c);
    vector_store(second, t.sums + t.sum_row + t.c);
  }
}

inline void finish_store(Finish f, vec value, int columns, global float *p) {
  if (columns < V)
    vector_store_tail(value, columns, p);
  else if (f.streams)
    vector_stream(value, p);
  else
    vector_store(value, p);
}

// The same of an activation. Halves are few enough for the caches.
inline void finish_element(Finish f, vec value, int columns, global element *p) {
#ifdef HALVES
  element_store_part(value, columns, p);
#else
  finish_store(f, value, columns, p);
#endif
}

// Activations that clamp. Of whole vectors that come from a stage and go past the caches,
// `streams`, nothing need be asked; else the last may be part of one.
inline void finish_columns(const int vectors, const int streams, Finish f, Results t, int columns) {
  vec first[COLUMNS], second[COLUMNS], a[COLUMNS], b[COLUMNS], d[COLUMNS];
  global const float *p = t.values.p;
#pragma unroll
  for (int v = 0; v < vectors; v++)
    first[v] = second[v] = (vec)(0.0f);
  if (f.kind == STATISTICS) {
    // Halves never are: where floats would lie is someone else's memory, perhaps the values'.
    const int in_place = ARE_FLOATS && p == t.y + t.at;
#pragma unroll
    for (int v = 0; v < vectors; v++) {
      if (t.is_first)
        vector_store(stored_vector(t, 0, own_columns(vectors, v, columns), p + v * t.values.vector),
                     t.sums + 2 * t.sum_row + t.c + v * V);
      a[v] = vector_load(t.sums + 2 * t.sum_row + t.c + v * V);
    }
    for (int r = 0; r < t.rows; r++, p += t.values.row) {
#pragma unroll
      for (int v = 0; v < vectors; v++) {
        const int own = own_columns(vectors, v, columns);
        const vec value = finished_vector(streams, t, r, own, p + v * t.values.vector);
        const vec distance = value - a[v];
        if (streams)
          vector_stream(value, t.y + t.at + (long)r * t.y_row + v * V);
        else if (!in_place)
          finish_element(f, value, own, (global element *)t.y + t.at + (long)r * t.y_row + v * V);
        first[v] += distance;
        second[v] = fma(distance, distance, second[v]);
      }
    }
  } else if (f.kind == FINISH) {
#pragma unroll
    for (int v = 0; v < vectors; v++) {
      a[v] = vector_load(f.saved + 2L * f.channels + t.c + v * V);
      b[v] = vector_load(f.saved + 3L * f.channels + t.c + v * V);
      d[v] = vector_load(f.saved + t.c + v * V);
    }
    for (int r = 0; r < t.rows; r++, p += t.values.row) {
#pragma unroll
      for (int v = 0; v < vectors; v++) {
        const long at = t.at + (long)r * t.y_row + v * V;
        const vec x = element_load(f.x + at), seen = fma(x, a[v], b[v]);
        const int own = own_columns(vectors, v, columns);
        vec g = finished_vector(streams, t, r, own, p + v * t.values.vector);
        if (f.addend)
          g += vector_load(f.addend + at);
        if (f.activation != IDENTITY)
          g = seen > (vec)(0.0f) ? (seen < (vec)(f.hi) ? g : (vec)(0.0f)) : (vec)(0.0f);
        if (streams)
          vector_stream(g, t.y + at);
        else
          finish_store(f, g, own, t.y + at);
        first[v] += g;
        second[v] = fma(g, x - d[v], second[v]);
      }
    }
  } else {
#pragma unroll
    for (int v = 0; v < vectors; v++)
      inference_scale(f, t.c + v * V, &a[v], &b[v]);
    for (int r = 0; r < t.rows; r++, p += t.values.row) {
#pragma unroll
      for (int v = 0; v < vectors; v++) {
        const long at = t.at + (long)r * t.y_row + v * V;
        vec value =
            fma(stored_vector(t, r, own_columns(vectors, v, columns), p + v * t.values.vector),
                a[v], b[v]);
        if (f.activation != IDENTITY)
          value = clamped(value, (vec)(0.0f), (vec)(f.hi));
        if (f.addend)
          value += vector_load(f.addend + at);
        finish_store(f, value, own_columns(vectors, v, columns), t.y + at);
      }
    }
    return;
  }
#pragma unroll
  for (int v = 0; v < vectors; v++) {
    if (!t.is_first) {
      first[v] += vector_load(t.sums + t.c + v * V);
      second[v] += vector_load(t.sums + t.sum_row + t.c + v * V);
    }
    vector_store(first[v], t.sums + t.c + v * V);
    vector_store(second[v], t.sums + t.sum_row + t.c + v * V);
  }
}

// CALL(n, flag), n being the count of vectors as a constant, the flag one too. (Not all OpenCL
// compilers have variadic macros.)
#if COLUMNS >= 3
#define WITH_VECTORS(vectors, flag, CALL)                                                          \
  do {                                                                                             \
    if ((vectors) == 1)                                                                            \
      CALL(1, flag);                                                                               \
    else if ((vectors) == 2)                                                                       \
      CALL(2, flag);                                                                               \
    else                                                                                           \
      CALL(3, flag);                                                                               \
  } while (0)
#elif COLUMNS == 2
#define WITH_VECTORS(vectors, flag, CALL)                                                          \
  do {                                                                                             \
    if ((vectors) == 1)                                                                            \
      CALL(1, flag);                                                                               \
    else                                                                                           \
      CALL(2, flag);                                                                               \
  } while (0)
#else
#define WITH_VECTORS(vectors, flag, CALL) CALL(1, flag)
#endif

// Finishes `columns` columns.
outlined_in_opencl void finish_tile(Finish f, Results t, int columns) {
  const int is_known = f.kind != ACCUMULATE && (f.kind <= STATISTICS || f.is_clamp);
  const int most = is_known ? COLUMNS : 1;
  for (; columns > 0; columns -= most * V) {
    const int vectors = min(most, (columns + V - 1) / V);
    const int streams = t.values.p != t.y + t.at && f.kind != NORMALIZE && ARE_FLOATS && f.streams;
#define CALL(vectors, streams) finish_columns(vectors, streams, f, t, columns)
    if (is_known && streams && columns >= vectors * V)
      WITH_VECTORS(vectors, 1, CALL);
    else if (is_known)
      WITH_VECTORS(vectors, 0, CALL);
#undef CALL
    else
      finish_any_column(f, t, columns);
    t.c += most * V;
    t.at += most * V;
    t.values.p += most * t.values.vector;
  }
}

// An item's sums of channels [first, last) over `rows` rows, to partial[0..1, channels]: mean and
// centred sum of squares, or the two sums.
outlined_in_opencl void store_sums(int kind, global const float *sums, int sum_row, int rows,
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
