// A matrix product by work-groups: tiles of both factors in local memory, a block of the result in
// each item's registers.
//
// A group is eight items wide. An item has `blocks` x four rows, `vectors` vectors of columns; its
// blocks lie as far apart as the group is high, its vectors as far as it is wide, so that
// neighbours read neighbouring words.
#ifndef GROUP_PRODUCT_H
#define GROUP_PRODUCT_H

#include "group.h"

// Terms of the sum that are staged together.
#define STEP 16
#define GROUP_WIDTH 8

// The input's pixels that output positions see: taps of a window.
typedef struct {
  int in_height, in_width, x_row, out_height, out_width, kernel_y, kernel_x, depth;
  Gather g;
} Taps;

// A window's terms come tap by tap, the channels of each rounded up to whole vectors.
inline int tap_terms(Taps t) { return (t.depth + V - 1) / V * V; }

// Whether windows are the pixels themselves.
inline int is_pointwise(Taps t) {
  return t.kernel_y * t.kernel_x == 1 && t.g.mul == 1 && t.g.div == 1 && t.g.shift == 0;
}

// Tap and channel of term k; the channel is negative where there is none.
inline int2 term_at(Taps t, int k) {
  const int terms = tap_terms(t), taps = t.kernel_y * t.kernel_x;
  const int tap = taps == 1 ? 0 : k / terms, c = k - tap * terms;
  return (int2)(tap, tap < taps && c < t.depth ? c : -1);
}

// Lanes of v at channel c that lie past the last one are zero.
inline vec within_depth(vec v, int c, int depth) {
  if (c + V > depth) {
    v.s1 = c + 1 < depth ? v.s1 : 0.0f;
    v.s2 = c + 2 < depth ? v.s2 : 0.0f;
    v.s3 = 0.0f;
  }
  return v;
}

// acc += the step's product; `a` [STEP][a_row] vectors of rows, `b` [STEP][b_row] of columns, both
// from the item's first vector on.
inline void multiply_step(const int blocks, const int vectors, const int height, local const vec *a,
                          const int a_row, local const vec *b, const int b_row, vec acc[8][2]) {
#pragma unroll 4
  for (int k = 0; k < STEP; k++) {
    vec av[2], bv[2];
#pragma unroll
    for (int i = 0; i < blocks; i++)
      av[i] = a[k * a_row + i * height];
#pragma unroll
    for (int j = 0; j < vectors; j++)
      bv[j] = b[k * b_row + j * GROUP_WIDTH];
#pragma unroll
    for (int i = 0; i < blocks; i++)
#pragma unroll
      for (int j = 0; j < vectors; j++) {
        acc[4 * i][j] = fma((vec)(av[i].s0), bv[j], acc[4 * i][j]);
        acc[4 * i + 1][j] = fma((vec)(av[i].s1), bv[j], acc[4 * i + 1][j]);
        acc[4 * i + 2][j] = fma((vec)(av[i].s2), bv[j], acc[4 * i + 2][j]);
        acc[4 * i + 3][j] = fma((vec)(av[i].s3), bv[j], acc[4 * i + 3][j]);
      }
  }
}

#endif
