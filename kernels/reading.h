// How a kernel reads what another left unfinished, and finishes what it hands on.
//
// An activation that batch norm follows is stored as the convolution left it; whoever reads it
// applies scale, shift and activation while loading. On the way back, the gradient that a batch
// norm hands its convolution is a combination of two stored tensors, made while loading too.
#ifndef READING_H
#define READING_H

#include "element.h"

// `view`, where it is not an activation's number (then: activate(x*a + b)).
enum { AS_IS = -1, GRADIENT = -2 }; // x; gradient*a + x*b + c

// Tensors [pixels, channels], and a, b, c per channel.
typedef struct {
  global const element *x;
  global const float *gradient, *a, *b, *c;
  int view;
} Reading;

// `table` holds a, b and, for gradients, c: rows of `channels`; there is none where x is taken as
// it is.
inline Reading reading(global const element *x, global const float *gradient,
                       global const float *table, int channels, int view) {
  const int row = table ? channels : 0;
  const Reading r = {x, gradient, table, table + row, table + 2L * row, view};
  return r;
}

// Channel c of the pixel at `at`, and those after it.
inline vec read_vector(Reading r, long at, int c) {
  const vec x = element_load(r.x + at + c);
  if (r.view == AS_IS)
    return x;
  if (r.view == GRADIENT)
    return fma(vector_load(r.gradient + at + c), vector_load(r.a + c),
               fma(x, vector_load(r.b + c), vector_load(r.c + c)));
  return activate(fma(x, vector_load(r.a + c), vector_load(r.b + c)), r.view);
}

// Reading where a value is taken as it is, or scaled, shifted and clamped: so little work that it
// may be done again rather than kept.
typedef struct {
  vec scale, shift, least, most;
} Clamping;

inline int reading_clamps(Reading r) { return r.view >= AS_IS && r.view <= RELU6; }

inline Clamping reading_clamping(Reading r, int c) {
  const int as_is = r.view == AS_IS;
  const Clamping clamping = {as_is ? (vec)(1.0f) : vector_load(r.a + c),
                             as_is ? (vec)(0.0f) : vector_load(r.b + c),
                             (vec)(as_is || r.view == IDENTITY ? -INFINITY : 0.0f),
                             (vec)(r.view == RELU6 ? 6.0f : INFINITY)};
  return clamping;
}

inline vec clamped_vector(Clamping by, global const element *p) {
  return clamped(fma(element_load(p), by.scale, by.shift), by.least, by.most);
}

// CALL(n), n being the count of vectors as a constant. (Not all OpenCL compilers have variadic
// macros.)
#if COLUMNS >= 3
#define WITH_VECTORS(vectors, CALL)                                                                \
  do {                                                                                             \
    if ((vectors) == 1)                                                                            \
      CALL(1);                                                                                     \
    else if ((vectors) == 2)                                                                       \
      CALL(2);                                                                                     \
    else                                                                                           \
      CALL(3);                                                                                     \
  } while (0)
#elif COLUMNS == 2
#define WITH_VECTORS(vectors, CALL)                                                                \
  do {                                                                                             \
    if ((vectors) == 1)                                                                            \
      CALL(1);                                                                                     \
    else                                                                                           \
      CALL(2);                                                                                     \
  } while (0)
#else
#define WITH_VECTORS(vectors, CALL) CALL(1)
#endif

// Where pixels are read to: `step` floats apart, their vectors `vector` floats.
typedef struct {
  global float *p;
  int step, vector;
} Span;

inline void read_pixels(const int view, Reading r, long at, int step, int count, int c,
                        int channels, Span out) {
  r.view = view;
  for (int i = 0; i < count; i++, at += step, out.p += out.step) {
    global float *to = out.p;
    for (int j = c; j < c + channels; j += V, to += out.vector)
      vector_store(read_vector(r, at, j), to);
  }
}

outlined void read_any_pixels(Reading r, long at, int step, int count, int c, int channels,
                              Span out) {
  read_pixels(r.view, r, at, step, count, c, channels, out);
}

// `channels` channels from c of `count` pixels `step` floats apart, the first at `at`; up to V-1
// floats after each pixel's too. Memory is read in order; 16 lanes take a few vectors of all pixels
// at a time.
inline void read_spans(Reading r, long at, int step, int count, int c, int channels, Span out) {
  const int most = V == 16 ? COLUMNS * V : channels;
  for (const int end = c + channels; c < end; c += most, out.p += most / V * out.vector) {
    const int some = min(most, end - c);
    if (r.view == AS_IS)
      read_pixels(AS_IS, r, at, step, count, c, some, out);
    else if (r.view == GRADIENT)
      read_pixels(GRADIENT, r, at, step, count, c, some, out);
    else if (r.view == RELU)
      read_pixels(RELU, r, at, step, count, c, some, out);
    else if (r.view == RELU6)
      read_pixels(RELU6, r, at, step, count, c, some, out);
    else
      read_any_pixels(r, at, step, count, c, some, out);
  }
}

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

// Activations that clamp; the last vector may be part of one.
inline void finish_columns(const int vectors, Finish f, Results t, int columns) {
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
        const vec value =
            stored_vector(t, r, own_columns(vectors, v, columns), p + v * t.values.vector);
        const vec distance = value - a[v];
        if (!in_place)
          finish_element(f, value, own_columns(vectors, v, columns),
                         (global element *)t.y + t.at + (long)r * t.y_row + v * V);
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
        vec g = stored_vector(t, r, own_columns(vectors, v, columns), p + v * t.values.vector);
        if (f.addend)
          g += vector_load(f.addend + at);
        if (f.activation != IDENTITY)
          g = seen > (vec)(0.0f) ? (seen < (vec)(f.hi) ? g : (vec)(0.0f)) : (vec)(0.0f);
        finish_store(f, g, own_columns(vectors, v, columns), t.y + at);
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

// Finishes `columns` columns.
inline void finish_tile(Finish f, Results t, int columns) {
  const int is_known = f.kind != ACCUMULATE && (f.kind <= STATISTICS || f.is_clamp);
  const int most = is_known ? COLUMNS : 1;
  for (; columns > 0; columns -= most * V) {
    if (is_known)
#define CALL(vectors) finish_columns(vectors, f, t, columns)
      WITH_VECTORS(min(most, (columns + V - 1) / V), CALL);
#undef CALL
    else
      finish_any_column(f, t, columns);
    t.c += most * V;
    t.at += most * V;
    t.values.p += most * t.values.vector;
  }
}

// (values + addend) * slope of the activation of x*scale + shift, for `rows` vectors, V floats
// apart.
outlined void add_and_slope(int activation, global const element *x, global const float *addend,
                            int row, int rows, global const float *scale, global const float *shift,
                            global float *values) {
  const vec a = vector_load(scale), b = vector_load(shift);
  for (int i = 0; i < rows; i++, values += V) {
    const vec seen = fma(element_load(x + (long)i * row), a, b);
    vec value = vector_load(values);
    if (addend)
      value += vector_load(addend + (long)i * row);
    vector_store(value * activation_slope(seen, activation), values);
  }
}

// What `finish_pixels` needs of channels [c, c + count) beforehand, in the item's sums.
inline void prepare_pixels(Finish f, global float *sums, int sum_row, int c, int count) {
  for (int i = c; i < c + count && f.kind == NORMALIZE; i += V) {
    vec scale, shift;
    inference_scale(f, i, &scale, &shift);
    vector_store(scale, sums + i);
    vector_store(shift, sums + sum_row + i);
  }
}

// Finishes t.rows of `width` pixels, one vector of `columns` channels or fewer, from registers.
// What is too long to be spelled for each of them goes by way of t.values, room for `width`
// vectors.
inline void finish_pixels(const int width, Finish f, Results t, const vec *values, int columns) {
  global float *sums = t.sums + t.c, *in_memory = (global float *)t.values.p;
  const int known = f.is_clamp || f.activation == HARD_SWISH;
  if (f.kind == STATISTICS) {
    vec first = (vec)(0.0f), second = (vec)(0.0f), origin = values[0];
    if (t.is_first)
      vector_store(origin, sums + 2 * t.sum_row);
    else {
      first = vector_load(sums);
      second = vector_load(sums + t.sum_row);
      origin = vector_load(sums + 2 * t.sum_row);
    }
#pragma unroll
    for (int i = 0; i < width; i++)
      if (i < t.rows) {
        const vec distance = values[i] - origin;
        finish_element(f, values[i], columns, (global element *)t.y + t.at + (long)i * t.y_row);
        first += distance;
        second = fma(distance, distance, second);
      }
    vector_store(first, sums);
    vector_store(second, sums + t.sum_row);
  } else if (f.kind == FINISH) {
    global const float *saved = f.saved + t.c;
    const vec mean = vector_load(saved), scale = vector_load(saved + 2L * f.channels);
    const vec shift = vector_load(saved + 3L * f.channels);
    const vec least = (vec)(f.activation == IDENTITY ? -INFINITY : 0.0f), most = (vec)(f.hi);
    vec first = (vec)(0.0f), second = (vec)(0.0f);
    if (!t.is_first) {
      first = vector_load(sums);
      second = vector_load(sums + t.sum_row);
    }
    if (known) {
#pragma unroll
      for (int i = 0; i < width; i++)
        if (i < t.rows) {
          const long at = t.at + (long)i * t.y_row;
          const vec x = element_load(f.x + at), seen = fma(x, scale, shift);
          vec value = values[i];
          if (f.addend)
            value += vector_load(f.addend + at);
          if (f.is_clamp)
            value = seen > least ? (seen < most ? value : (vec)(0.0f)) : (vec)(0.0f);
          else
            value *= activation_slope(seen, HARD_SWISH);
          finish_store(f, value, columns, t.y + at);
          first += value;
          second = fma(value, x - mean, second);
        }
    } else {
#pragma unroll
      for (int i = 0; i < width; i++)
        vector_store(values[i], in_memory + i * V);
      add_and_slope(f.activation, f.x + t.at, f.addend ? f.addend + t.at : 0, t.y_row, t.rows,
                    saved + 2L * f.channels, saved + 3L * f.channels, in_memory);
      for (int i = 0; i < t.rows; i++) {
        const long at = t.at + (long)i * t.y_row;
        const vec value = vector_load(in_memory + i * V);
        finish_store(f, value, columns, t.y + at);
        first += value;
        second = fma(value, element_load(f.x + at) - mean, second);
      }
    }
    vector_store(first, sums);
    vector_store(second, sums + t.sum_row);
  } else if (f.kind == PLAIN || (f.kind == NORMALIZE && known && !f.addend)) {
    vec scale = (vec)(1.0f), shift = (vec)(0.0f);
    if (f.kind == NORMALIZE) {
      scale = vector_load(sums);
      shift = vector_load(sums + t.sum_row);
    }
    const vec least = (vec)(f.activation == IDENTITY ? -INFINITY : 0.0f), most = (vec)(f.hi);
#pragma unroll
    for (int i = 0; i < width; i++)
      if (i < t.rows) {
        const vec value = fma(values[i], scale, shift);
        finish_store(f, f.is_clamp ? clamped(value, least, most) : activate(value, HARD_SWISH),
                     columns, t.y + t.at + (long)i * t.y_row);
      }
  } else {
#pragma unroll
    for (int i = 0; i < width; i++)
      vector_store(values[i], in_memory + i * V);
    finish_any_column(f, t, columns);
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
