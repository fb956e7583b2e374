// Finishing a few neighbouring results on their way from registers to memory, where the arithmetic
// is too little to hide another pass over them: depthwise convolutions. What is too long to be
// spelled for each of them goes by way of `t.values`, room for `width` vectors.
#ifndef FINISH_PIXELS_H
#define FINISH_PIXELS_H

#include "finish.h"

// What `finish_outputs` needs of channels [c, c + count) beforehand, in the item's sums.
outlined_in_opencl void prepare_outputs(Finish f, global float *sums, int sum_row, int c,
                                        int count) {
  for (int i = c; i < c + count && f.kind == NORMALIZE; i += V) {
    vec scale, shift;
    inference_scale(f, i, &scale, &shift);
    vector_store(scale, sums + i);
    vector_store(shift, sums + sum_row + i);
  }
}

// Vectors of channels that are computed of a few pixels before the next pixels: those of a cache
// line where they go past the caches, since parts of lines that do not follow each other go to
// memory one by one (up to 8 times as slow). Else one: its rows stay in the first cache.
inline int line_vectors(Finish f) { return f.streams ? 16 / V : 1; }

inline int finishes_in_registers(Finish f) { return f.is_clamp || f.activation == HARD_SWISH; }

inline vec least_of(Finish f) { return (vec)(f.activation == IDENTITY ? -INFINITY : 0.0f); }

inline void finish_in_memory(const int width, Finish f, Results t, const vec *values, int columns) {
#pragma unroll
  for (int i = 0; i < width; i++)
    vector_store(values[i], (global float *)t.values.p + i * V);
  finish_any_column(f, t, columns);
}

// The sums to which a tile's are added.
inline void add_sums(Results t, vec first, vec second) {
  global float *sums = t.sums + t.c;
  if (!t.is_first) {
    first += vector_load(sums);
    second += vector_load(sums + t.sum_row);
  }
  vector_store(first, sums);
  vector_store(second, sums + t.sum_row);
}

inline void store_pixels(const int width, Finish f, Results t, const vec *values, int columns) {
  global float *y = t.y + t.at;
  if (f.streams && columns >= V) {
#pragma unroll
    for (int i = 0; i < width; i++)
      if (i < t.rows)
        vector_stream(values[i], y + (long)i * t.y_row);
    return;
  }
  f.streams = 0;
#pragma unroll
  for (int i = 0; i < width; i++)
    if (i < t.rows)
      finish_store(f, values[i], columns, y + (long)i * t.y_row);
}

// t.rows of `width` outputs of one vector of `columns` channels or fewer: anything but FINISH.
inline void finish_outputs(const int width, Finish f, Results t, const vec *values, int columns) {
  global float *sums = t.sums + t.c;
  vec results[7], origin = (vec)(0.0f), first = (vec)(0.0f), second = (vec)(0.0f);
#pragma unroll
  for (int i = 0; i < width; i++)
    results[i] = values[i];
  if (f.kind == STATISTICS) {
    if (t.is_first)
      vector_store(values[0], sums + 2 * t.sum_row);
    origin = vector_load(sums + 2 * t.sum_row);
  } else if (f.kind == NORMALIZE && finishes_in_registers(f) && !f.addend) {
    const vec scale = vector_load(sums), shift = vector_load(sums + t.sum_row);
    const vec least = least_of(f), most = (vec)(f.hi);
    if (f.is_clamp) {
#pragma unroll
      for (int i = 0; i < width; i++)
        results[i] = clamped(fma(values[i], scale, shift), least, most);
    } else {
#pragma unroll
      for (int i = 0; i < width; i++)
        results[i] = activate(fma(values[i], scale, shift), HARD_SWISH);
    }
  } else if (f.kind != PLAIN) {
    finish_in_memory(width, f, t, values, columns);
    return;
  }
#ifdef HALVES
  if (f.kind == STATISTICS) {
#pragma unroll
    for (int i = 0; i < width; i++)
      if (i < t.rows)
        element_store_part(values[i], columns, (global element *)t.y + t.at + (long)i * t.y_row);
  } else
#endif
    store_pixels(width, f, t, results, columns);
  if (f.kind != STATISTICS)
    return;
#pragma unroll
  for (int i = 0; i < width; i++)
    if (i < t.rows) {
      const vec distance = results[i] - origin;
      first += distance;
      second = fma(distance, distance, second);
    }
  add_sums(t, first, second);
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

// t.rows of `width` pixels' gradients of one vector of `columns` channels or fewer: PLAIN,
// ACCUMULATE or FINISH.
inline void finish_gradients(const int width, Finish f, Results t, const vec *values, int columns) {
  if (f.kind == PLAIN)
    store_pixels(width, f, t, values, columns);
  else if (f.kind == FINISH) {
    global const float *saved = f.saved + t.c;
    global const element *x = f.x + t.at;
    const vec mean = vector_load(saved), scale = vector_load(saved + 2L * f.channels);
    const vec shift = vector_load(saved + 3L * f.channels);
    const vec least = least_of(f), most = (vec)(f.hi);
    vec results[8], first = (vec)(0.0f), second = (vec)(0.0f);
#pragma unroll
    for (int i = 0; i < width; i++)
      results[i] = values[i];
    if (finishes_in_registers(f)) {
      if (f.addend) {
#pragma unroll
        for (int i = 0; i < width; i++)
          if (i < t.rows)
            results[i] += vector_load(f.addend + t.at + (long)i * t.y_row);
      }
      if (f.is_clamp) {
#pragma unroll
        for (int i = 0; i < width; i++)
          if (i < t.rows) {
            const vec seen = fma(element_load(x + (long)i * t.y_row), scale, shift);
            results[i] = seen > least ? (seen < most ? results[i] : (vec)(0.0f)) : (vec)(0.0f);
          }
      } else {
#pragma unroll
        for (int i = 0; i < width; i++)
          if (i < t.rows)
            results[i] *= activation_slope(fma(element_load(x + (long)i * t.y_row), scale, shift),
                                           HARD_SWISH);
      }
    } else {
      global float *in_memory = (global float *)t.values.p;
#pragma unroll
      for (int i = 0; i < width; i++)
        vector_store(values[i], in_memory + i * V);
      add_and_slope(f.activation, x, f.addend ? f.addend + t.at : 0, t.y_row, t.rows,
                    saved + 2L * f.channels, saved + 3L * f.channels, in_memory);
#pragma unroll
      for (int i = 0; i < width; i++)
        results[i] = vector_load(in_memory + i * V);
    }
    store_pixels(width, f, t, results, columns);
#pragma unroll
    for (int i = 0; i < width; i++)
      if (i < t.rows) {
        first += results[i];
        second = fma(results[i], element_load(x + (long)i * t.y_row) - mean, second);
      }
    add_sums(t, first, second);
  } else
    finish_in_memory(width, f, t, values, columns);
}

#endif
