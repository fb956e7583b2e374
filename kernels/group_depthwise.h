// Tiles of images in local memory for depthwise convolutions: eight vectors of channels, read once
// as readers see them, zeros where the padding lies.
#ifndef GROUP_DEPTHWISE_H
#define GROUP_DEPTHWISE_H

#include "group.h"

// Vectors of channels that a group has; columns of its tile, four of them an item's.
#define CHANNEL_VECTORS 8
#define TILE_WIDTH 8
#define STRIP 4

typedef struct {
  int height, width, channels;
} Image;

// Pixels [top, top + rows) x [left, left + row) of image n, to room[rows][row][CHANNEL_VECTORS].
inline void stage_pixels(Reading r, Image image, int n, int c, int top, int left, int rows,
                         const int row, const int size, local vec *room) {
  for (int i = get_local_id(0); i < rows * row * CHANNEL_VECTORS; i += size) {
    const int channel = c + i % CHANNEL_VECTORS * V, pixel = i / CHANNEL_VECTORS;
    const int line = pixel / row, y = top + line, x = left + pixel - line * row;
    vec v = (vec)(0.0f);
    if (channel < image.channels && y >= 0 && y < image.height && x >= 0 && x < image.width)
      v = read_vector(r, (((long)n * image.height + y) * image.width + x) * image.channels,
                      channel);
    room[i] = v;
  }
}

// The weights, to taps[size*size][CHANNEL_VECTORS].
inline void stage_taps(global const float *w, int w_y, int w_x, const int size, int c, int channels,
                       const int items, local vec *taps) {
  for (int i = get_local_id(0); i < size * size * CHANNEL_VECTORS; i += items) {
    const int channel = c + i % CHANNEL_VECTORS * V, tap = i / CHANNEL_VECTORS;
    taps[i] = channel < channels
                  ? vector_load(w + (long)(tap / size) * w_y + (long)(tap % size) * w_x + channel)
                  : (vec)(0.0f);
  }
}

// Rows [first, last) of images of `height` rows, `rows` of them a group's, split by split.
typedef struct {
  int c, split, first, last;
} Share;

inline Share group_share(int channels, int rows, int share) {
  const int groups = (channels + CHANNEL_VECTORS * V - 1) / (CHANNEL_VECTORS * V);
  Share s;
  s.split = get_group_id(0) / groups;
  s.c = (get_group_id(0) - s.split * groups) * CHANNEL_VECTORS * V;
  s.first = s.split * share;
  s.last = min(s.first + share, rows);
  return s;
}

// One past the last row of the tile that begins at `row`: at most `band` rows of one image.
inline int tile_end(Share s, int row, const int band, int height) {
  return min(min(row + band, s.last), (row / height + 1) * height);
}

// What a group gathers per channel; of statistics: distances from `origin`, its first result.
typedef struct {
  vec first, second, origin;
} Gathered;

// Stores a strip of results; `at` is the element of its first, `count` how many there are.
inline void finish_strip(Finish f, FinishTable table, vec acc[STRIP], int count, int left,
                         global float *y, long at, Gathered *g) {
#pragma unroll
  for (int t = 0; t < STRIP; t++)
    if (t < count) {
      finish_vector(f, table, acc[t], left, y, at + (long)t * f.channels, &g->first, &g->second);
      if (f.kind == STATISTICS) {
        const vec distance = acc[t] - g->origin;
        g->first += distance;
        g->second = fma(distance, distance, g->second);
      }
    }
}

// Adds up the items' sums over `results` results, to the split's row of `partial`.
inline void gather_sums(Finish f, Gathered g, Share s, int results, const int strips,
                        local vec *room, global float *partial) {
  if (f.kind != STATISTICS && f.kind != FINISH)
    return;
  vec one = group_sum(g.first, CHANNEL_VECTORS, strips, room);
  vec two = group_sum(g.second, CHANNEL_VECTORS, strips, room);
  if (f.kind == STATISTICS) {
    const vec mean = one / (float)results;
    two = fmax(two - one * mean, (vec)(0.0f));
    one = g.origin + mean;
  }
  const int c = s.c + get_local_id(0) % CHANNEL_VECTORS * V;
  if (get_local_id(0) < CHANNEL_VECTORS && c < f.channels)
    store_group_sums(one, two, f.channels - c, partial + (long)s.split * 2 * f.channels + c,
                     f.channels);
}

#endif
