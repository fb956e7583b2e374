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

// Pixels [top, top + most) x [left, left + row) of image n, to room[most][row][CHANNEL_VECTORS],
// zeros from row `rows` on. An item's channels, c, are the same for all of its pixels, of which
// `pending` (at most 4) are on their way at a time.
inline void stage_pixels(Reading r, ReadingTable table, Image image, int n, int c, int top,
                         int left, int rows, const int most, const int row, const int size,
                         const int pending, local vec *room) {
  const int id = get_local_id(0), count = most * row, step = size / CHANNEL_VECTORS;
  for (int first = id / CHANNEL_VECTORS; first < count; first += pending * step) {
    vec x[4], gradient[4];
    int inside = 0;
#pragma unroll
    for (int k = 0; k < pending; k++) {
      const int pixel = first + k * step, line = pixel / row;
      const int iy = top + line, ix = left + pixel - line * row;
      x[k] = gradient[k] = (vec)(0.0f);
      if (line < rows && c < image.channels && iy >= 0 && iy < image.height && ix >= 0 &&
          ix < image.width) {
        const long at = (((long)n * image.height + iy) * image.width + ix) * image.channels + c;
        inside |= 1 << k;
        x[k] = element_load(r.x + at);
        if (r.view == GRADIENT)
          gradient[k] = vector_load(r.gradient + at);
      }
    }
#pragma unroll
    for (int k = 0; k < pending; k++)
      if (first + k * step < count)
        room[(first + k * step) * CHANNEL_VECTORS + id % CHANNEL_VECTORS] =
            inside >> k & 1 ? apply_reading(r, table, x[k], gradient[k]) : (vec)(0.0f);
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

// A group's channels and rows: a part of an image that divides it evenly, or whole images. Their
// tiles are counted by column, band and image.
typedef struct {
  int c, split, first, rows, height, part, across, bands, tiles;
} Share;

inline Share group_share(Image image, int rows, int share, const int band) {
  const int groups = (image.channels + CHANNEL_VECTORS * V - 1) / (CHANNEL_VECTORS * V);
  Share s;
  s.split = get_group_id(0) / groups;
  s.c = (get_group_id(0) - s.split * groups) * CHANNEL_VECTORS * V;
  s.first = s.split * share;
  s.rows = min(share, rows - s.first);
  s.height = image.height;
  s.part = min(share, image.height);
  s.across = (image.width + TILE_WIDTH - 1) / TILE_WIDTH;
  s.bands = (s.part + band - 1) / band;
  s.tiles = s.rows / s.part * s.bands * s.across;
  return s;
}

// Rows [row, row + rows), y in image n, from column `left` on.
typedef struct {
  int row, rows, n, y, left;
} Patch;

inline Patch patch_at(Share s, int i, const int band) {
  Patch t;
  const int line = i / s.across, part = line / s.bands, above = (line - part * s.bands) * band;
  t.left = (i - line * s.across) * TILE_WIDTH;
  t.row = s.first + part * s.part + above;
  t.rows = min(band, s.part - above);
  t.n = t.row / s.height;
  t.y = t.row - t.n * s.height;
  return t;
}

// What a group gathers per channel; of statistics: distances from `origin`, its first result.
typedef struct {
  vec first, second, origin;
} Gathered;

// Stores a strip of results; `at` is the element of its first, `count` how many there are.
inline void finish_strip(Finish f, FinishTable table, vec acc[STRIP], int count, int left,
                         global float *y, long at, Gathered *g) {
  FinishOperands operands[STRIP];
#pragma unroll
  for (int t = 0; t < STRIP; t++)
    if (t < count)
      operands[t] = finish_operands(f, left, y, at + (long)t * f.channels);
#pragma unroll
  for (int t = 0; t < STRIP; t++)
    if (t < count) {
      finish_vector(f, table, operands[t], acc[t], left, y, at + (long)t * f.channels, &g->first,
                    &g->second);
      if (f.kind == STATISTICS) {
        const vec distance = acc[t] - g->origin;
        g->first += distance;
        g->second = fma(distance, distance, g->second);
      }
    }
}

// Adds up the items' sums, whether they are wanted or not (barriers in a condition are more than
// PoCL 3.1 can do), over results `width` wide, to the split's row of `partial`.
inline void gather_sums(Finish f, Gathered g, Share s, int width, const int strips, local vec *room,
                        global float *partial) {
  const int wanted = f.kind == STATISTICS || f.kind == FINISH ? strips : 1;
  vec one = group_sum(g.first, CHANNEL_VECTORS, wanted, room);
  vec two = group_sum(g.second, CHANNEL_VECTORS, wanted, room);
  if (f.kind == STATISTICS) {
    const vec mean = one / (float)(s.rows * width);
    two = fmax(two - one * mean, (vec)(0.0f));
    one = g.origin + mean;
  }
  const int c = s.c + get_local_id(0) % CHANNEL_VECTORS * V;
  if ((f.kind == STATISTICS || f.kind == FINISH) && get_local_id(0) < CHANNEL_VECTORS &&
      c < f.channels)
    store_group_sums(one, two, f.channels - c, partial + (long)s.split * 2 * f.channels + c,
                     f.channels);
}

#endif
