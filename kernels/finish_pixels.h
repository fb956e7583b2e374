// Finishing a few neighbouring results on their way from registers to memory, where the arithmetic
// is too little to hide another pass over them: depthwise convolutions. What is too long to be
// spelled for each of them goes by way of `t.values`, room for `width` vectors.
#ifndef FINISH_PIXELS_H
#define FINISH_PIXELS_H

#include "finish.h"

// What `finish_outputs` needs of channels [c, c + count) beforehand, in the item's sums.
inline void prepare_outputs(Finish f, global float *sums, int sum_row, int c, int count) {
  for (int i = c; i < c + count && f.kind == NORMALIZE; i += V) {
    vec scale, shift;
    inference_scale(f, i, &scale, &shift);
    vector_store(scale, sums + i);
    vector_store(shift, sums + sum_row + i);
  }
}

inline int finishes_in_registers(Finish f) { return f.is_clamp || f.activation == HARD_SWISH; }

inline vec least_of(Finish f) { return (vec)(f.activation == IDENTITY ? -INFINITY : 0.0f); }

inline void finish_in_memory(const int width, Finish f, Results t, const vec *values, int columns) {
#pragma unroll
  for (int i = 0; i < width; i++)
    vector_store(values[i], (global float *)t.values.p + i * V);
  finish_any_column(f, t, columns);
}

// t.rows of `width` outputs of one vector of `columns` channels or fewer: anything but FINISH.
inline void finish_outputs(const int width, Finish f, Results t, const vec *values, int columns) {
  global float *sums = t.sums + t.c;
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
  } else if (f.kind == PLAIN || (f.kind == NORMALIZE && finishes_in_registers(f) && !f.addend)) {
    vec scale = (vec)(1.0f), shift = (vec)(0.0f);
    if (f.kind == NORMALIZE) {
      scale = vector_load(sums);
      shift = vector_load(sums + t.sum_row);
    }
    const vec least = least_of(f), most = (vec)(f.hi);
#pragma unroll
    for (int i = 0; i < width; i++)
      if (i < t.rows) {
        const vec value = fma(values[i], scale, shift);
        finish_store(f, f.is_clamp ? clamped(value, least, most) : activate(value, HARD_SWISH),
                     columns, t.y + t.at + (long)i * t.y_row);
      }
  } else
    finish_in_memory(width, f, t, values, columns);
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
  if (f.kind == FINISH) {
    global float *sums = t.sums + t.c;
    global const float *saved = f.saved + t.c;
    const vec mean = vector_load(saved), scale = vector_load(saved + 2L * f.channels);
    const vec shift = vector_load(saved + 3L * f.channels);
    const vec least = least_of(f), most = (vec)(f.hi);
    vec first = (vec)(0.0f), second = (vec)(0.0f);
    if (!t.is_first) {
      first = vector_load(sums);
      second = vector_load(sums + t.sum_row);
    }
    if (finishes_in_registers(f)) {
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
      global float *in_memory = (global float *)t.values.p;
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
  } else if (f.kind == PLAIN) {
#pragma unroll
    for (int i = 0; i < width; i++)
      if (i < t.rows)
        finish_store(f, values[i], columns, t.y + t.at + (long)i * t.y_row);
  } else
    finish_in_memory(width, f, t, values, columns);
}

#endif
