// How a kernel reads what another left unfinished (finish.h).
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
  // Pixels that touch are read one after the other, for the floats after each.
  const int touch = out.vector == V && out.step < (channels + V - 1) / V * V;
  const int most = V == 16 && !touch ? COLUMNS * V : channels;
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

#endif
