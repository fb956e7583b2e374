// The gradient of depthwise weights by work-groups: tiles of the input and of the gradient in local
// memory, a row of taps for a part of the tile's rows in each item's registers.
#include "group_depthwise.h"

#if V == 4

// acc[kx] += the products of a row of the gradient with the row of the input that it meets.
inline void weights_row(const int size, const int stride, local const vec *room,
                        local const vec *gradient, vec *acc) {
  vec d[TILE_WIDTH];
#pragma unroll
  for (int t = 0; t < TILE_WIDTH; t++)
    d[t] = gradient[t * CHANNEL_VECTORS];
#pragma unroll
  for (int j = 0; j < (TILE_WIDTH - 1) * stride + size; j++) {
    const vec x = room[j * CHANNEL_VECTORS];
#pragma unroll
    for (int kx = 0; kx < size; kx++)
      if (j >= kx && (j - kx) % stride == 0 && (j - kx) / stride < TILE_WIDTH)
        acc[kx] = fma(x, d[(j - kx) / stride], acc[kx]);
  }
}

// Groups: splits of `share` output rows (n, oy) x groups of channels. partial[split, ky, kx, c].
#define GROUP_DEPTHWISE_WEIGHTS(size, stride, band)                                                \
  GROUP_KERNEL(128)                                                                                \
  JOIN(JOIN(group_depthwise_weights, size), JOIN(_, stride))                                       \
  (const int items, global const element *x, const long x_at, global const float *x_table,         \
   const long x_table_at, const int view, global const element *y, const long y_at,                \
   global const float *dy, const long dy_at, global const float *dy_table, const long dy_table_at, \
   const int dy_view, global float *partial, const long partial_at, const int rows,                \
   const int in_height, const int in_width, const int out_height, const int out_width,             \
   const int channels, const int share) {                                                          \
    local vec                                                                                      \
        room[((band - 1) * stride + size) * ((TILE_WIDTH - 1) * stride + size) * CHANNEL_VECTORS]; \
    local vec gradient[band * TILE_WIDTH * CHANNEL_VECTORS];                                       \
    const int in_row = (TILE_WIDTH - 1) * stride + size, sets = 16 / size;                         \
    const Image in = {in_height, in_width, channels}, out = {out_height, out_width, channels};     \
    const Reading rx = reading(x + x_at, 0, x_table + x_table_at, channels, view);                 \
    const Reading rd = reading(y + y_at, dy + dy_at, dy_table + dy_table_at, channels, dy_view);   \
    const Share s = group_share(out, rows, share, band);                                           \
    const int id = get_local_id(0), v = id % CHANNEL_VECTORS, own = s.c + v * V;                   \
    const ReadingTable x_of = reading_table(rx, own < channels ? own : 0);                         \
    const ReadingTable d_of = reading_table(rd, own < channels ? own : 0);                         \
    const int ky = id / CHANNEL_VECTORS % size, set = id / CHANNEL_VECTORS / size;                 \
    vec acc[size];                                                                                 \
    for (int kx = 0; kx < size; kx++)                                                              \
      acc[kx] = (vec)(0.0f);                                                                       \
    for (int i = 0; i < s.tiles; i++) {                                                            \
      const Patch t = patch_at(s, i, band);                                                        \
      barrier(CLK_LOCAL_MEM_FENCE);                                                                \
      stage_pixels(rx, x_of, in, t.n, own, t.y *stride - size / 2, t.left * stride - size / 2,     \
                   (t.rows - 1) * stride + size, (band - 1) * stride + size, in_row, 128, 1,       \
                   room);                                                                          \
      stage_pixels(rd, d_of, out, t.n, own, t.y, t.left, t.rows, band, TILE_WIDTH, 128, 1,         \
                   gradient);                                                                      \
      barrier(CLK_LOCAL_MEM_FENCE);                                                                \
      if (set < sets)                                                                              \
        for (int line = set; line < t.rows; line += sets)                                          \
          weights_row(size, stride, room + (line * stride + ky) * in_row * CHANNEL_VECTORS + v,    \
                      gradient + line * TILE_WIDTH * CHANNEL_VECTORS + v, acc);                    \
    }                                                                                              \
    barrier(CLK_LOCAL_MEM_FENCE);                                                                  \
    if (set < sets)                                                                                \
      for (int kx = 0; kx < size; kx++)                                                            \
        room[((set * size + ky) * size + kx) * CHANNEL_VECTORS + v] = acc[kx];                     \
    barrier(CLK_LOCAL_MEM_FENCE);                                                                  \
    for (int i = id; i < size * size * CHANNEL_VECTORS; i += 128) {                                \
      const int c = s.c + i % CHANNEL_VECTORS * V, tap = i / CHANNEL_VECTORS;                      \
      vec sum = room[i];                                                                           \
      for (int other = 1; other < sets; other++)                                                   \
        sum += room[other * size * size * CHANNEL_VECTORS + i];                                    \
      if (c < channels)                                                                            \
        vector_store_part(sum, channels - c,                                                       \
                          partial + partial_at + ((long)s.split * size * size + tap) * channels +  \
                              c);                                                                  \
    }                                                                                              \
  }

GROUP_DEPTHWISE_WEIGHTS(3, 1, 8)
GROUP_DEPTHWISE_WEIGHTS(5, 1, 8)
GROUP_DEPTHWISE_WEIGHTS(7, 1, 4)
GROUP_DEPTHWISE_WEIGHTS(3, 2, 4)
GROUP_DEPTHWISE_WEIGHTS(5, 2, 4)
GROUP_DEPTHWISE_WEIGHTS(7, 2, 2)

#endif
