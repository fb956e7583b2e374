// Squeeze-and-excitation's two passes over an activation x [n,p,c], p over an image's positions:
// the mean of each image's channel, and the product with a factor for it. Both read x through the
// batch norm before it.
#include "finish.h"
#include "reading.h"

// Neighbouring vectors of channels that an item keeps sums of: on a CPU several, so that memory is
// read in order.
#ifdef GROUP
#define STRIP 1
#elif V >= 8
#define STRIP (3 * COLUMNS)
#else
#define STRIP COLUMNS
#endif

// Work-items: images x spans of channels.
#define IMAGE_ITEM                                                                                 \
  const int spans = (channels + span - 1) / span, n = item / spans;                                \
  const int c_first = item % spans * span, c_last = min(c_first + span, channels);                 \
  const long image = (long)n * positions * channels

// CALL(view) with those views that are most often taken as constants.
#define WITH_VIEW(view, CALL)                                                                      \
  do {                                                                                             \
    if ((view) == AS_IS)                                                                           \
      CALL(AS_IS);                                                                                 \
    else if ((view) == RELU)                                                                       \
      CALL(RELU);                                                                                  \
    else                                                                                           \
      CALL(view);                                                                                  \
  } while (0)

// The sums over an image of `count` channels from c on.
inline void strip_sums(const int view, Reading r, long image, int positions, int channels, int c,
                       int count, vec *sum) {
  r.view = view;
#pragma unroll
  for (int v = 0; v < STRIP; v++)
    sum[v] = (vec)(0.0f);
  for (int p = 0; p < positions; p++)
#pragma unroll
    for (int v = 0; v < STRIP; v++)
      if (v * V < count)
        sum[v] += read_vector(r, image + (long)p * channels, c + v * V);
}

// y[n,c] = mean over positions.
kernel void global_average_pool(const int items, global const element *x, const long x_at,
                                global const float *table, const long table_at, const int view,
                                global float *y, const long y_at, const int positions,
                                const int channels, const int span) {
  ITEM(item);
  IMAGE_ITEM;
  const Reading r = reading(x + x_at, 0, table + table_at, channels, view);
  for (int c = c_first; c < c_last; c += STRIP * V) {
    vec sum[STRIP];
#define CALL(constant) strip_sums(constant, r, image, positions, channels, c, c_last - c, sum)
    WITH_VIEW(view, CALL);
#undef CALL
#pragma unroll
    for (int v = 0; v < STRIP; v++)
      if (c + v * V < c_last)
        vector_store_part(sum[v] / (float)positions, c_last - c - v * V,
                          y + y_at + (long)n * channels + c + v * V);
  }
}
NATIVE(global_average_pool)

// dx = dy[n,c] / positions, finished. An item takes `item_rows` rows (n, p).
kernel void global_average_pool_gradient(
    const int items, global const float *dy, const long dy_at, global float *dx, const long dx_at,
    const int rows, const int positions, const int channels, const int item_rows, const int span,
    global float *scratch, const long scratch_at, const long scratch_item, const int finish,
    const int activation, global const float *addend, const long addend_at, global const element *x,
    const long x_at, global const float *saved, const long saved_at, global float *partial,
    const long partial_at) {
  ITEM(item); // groups of rows x spans of channels
  const int spans = (channels + span - 1) / span, split = item / spans;
  const int c = item % spans * span, count = min(span, channels - c);
  const int first = split * item_rows, last = min(first + item_rows, rows);
  const Finish given = {
      finish,           activation, addend ? addend + addend_at : 0, 0, 0, 0, 0, 0.0f, x + x_at,
      saved + saved_at, channels};
  const Finish f = with_limits(given, streams(dx + dx_at, channels, (long)rows * channels));
  global float *sums = scratch + scratch_at + scratch_slot(item) * scratch_item;
  global float *row = sums + 2 * span;
  for (int r = first, end = first; r < last; r = end) {
    const int n = r / positions;
    end = min((n + 1) * positions, last);
    for (int i = 0; i < count; i += V)
      vector_store(vector_load(dy + dy_at + (long)n * channels + c + i) / (float)positions,
                   row + i);
    // The same values for every row.
    const Values values = {row, 0, V};
    const Results t = {
        values,     dx + dx_at, (long)r * channels + c, channels, end - r, c, sums - c, span,
        r == first, spans > 1};
    finish_tile(f, t, count);
  }
  if (finish == FINISH)
    store_sums(FINISH, sums - c, span, 0, partial + partial_at + (long)split * 2 * channels,
               channels, c, c + count);
}
NATIVE(global_average_pool_gradient)

inline void scale_positions(const int view, Reading r, long at, int positions, int channels,
                            int c_first, int c_last, global const float *s, global element *y) {
  r.view = view;
  for (int p = 0; p < positions; p++, at += channels)
    for (int c = c_first; c < c_last; c += V)
      element_store_part(read_vector(r, at, c) * vector_load(s + c), c_last - c, y + at + c);
}

// y[n,p,c] = x[n,p,c] * s[n,c]. An item takes `chunk` positions.
kernel void channel_scale(const int items, global const element *x, const long x_at,
                          global const float *table, const long table_at, const int view,
                          global const float *s, const long s_at, global element *y,
                          const long y_at, const int positions, const int channels, const int chunk,
                          const int span) {
  ITEM(item); // n x chunks of positions x spans of channels
  const int spans = (channels + span - 1) / span, chunks = (positions + chunk - 1) / chunk;
  const int c_first = item % spans * span, c_last = min(c_first + span, channels);
  const int n = item / spans / chunks, first = (item / spans - n * chunks) * chunk;
  const Reading r = reading(x + x_at, 0, table + table_at, channels, view);
  const long at = ((long)n * positions + first) * channels;
#define CALL(constant)                                                                             \
  scale_positions(constant, r, at, min(chunk, positions - first), channels, c_first, c_last,       \
                  s + s_at + (long)n * channels, y + y_at)
  WITH_VIEW(view, CALL);
#undef CALL
}
NATIVE(channel_scale)

// `count` channels from c on of an image: their sums of dy * x, and, if wanted, dx (+)= dy * s.
inline void strip_gradients(const int view, Reading r, long image, int positions, int channels,
                            int c, int count, global const float *s, global const float *dy,
                            global float *dx, int accumulate, vec *sum) {
  r.view = view;
#pragma unroll
  for (int v = 0; v < STRIP; v++)
    sum[v] = (vec)(0.0f);
  for (int first = 0; first < positions; first += PENDING_ROWS) {
    vec xs[PENDING_ROWS * STRIP], gs[PENDING_ROWS * STRIP];
#pragma unroll
    for (int i = 0; i < PENDING_ROWS * STRIP; i++) {
      const long at = image + (long)min(first + i / STRIP, positions - 1) * channels;
      const int from = c + i % STRIP * V;
      if (i % STRIP * V < count) {
        xs[i] = read_vector(r, at, from);
        gs[i] = vector_load(dy + at + from);
      }
    }
#pragma unroll
    for (int i = 0; i < PENDING_ROWS * STRIP; i++) {
      const int v = i % STRIP, p = first + i / STRIP;
      if (p < positions && v * V < count) {
        sum[v] = fma(gs[i], xs[i], sum[v]);
        if (dx)
          vector_put(gs[i] * vector_load(s + c + v * V), count - v * V,
                     dx + image + (long)p * channels + c + v * V, accumulate);
      }
    }
  }
}

// dx (+)= dy * s; ds[n,c] (+)= sum over p of dy * x. Either may be null.
kernel void channel_scale_gradient(const int items, global const element *x, const long x_at,
                                   global const float *table, const long table_at, const int view,
                                   global const float *s, const long s_at, global const float *dy,
                                   const long dy_at, global float *dx, const long dx_at,
                                   const int accumulate_dx, global float *ds, const long ds_at,
                                   const int accumulate_ds, const int positions, const int channels,
                                   const int span) {
  ITEM(item);
  IMAGE_ITEM;
  const Reading r = reading(x + x_at, 0, table + table_at, channels, view);
  for (int c = c_first; c < c_last; c += STRIP * V) {
    vec sum[STRIP];
#define CALL(constant)                                                                             \
  strip_gradients(constant, r, image, positions, channels, c, c_last - c,                          \
                  s + s_at + (long)n * channels, dy + dy_at, dx ? dx + dx_at : 0, accumulate_dx,   \
                  sum)
    WITH_VIEW(view, CALL);
#undef CALL
#pragma unroll
    for (int v = 0; v < STRIP; v++)
      if (ds && c + v * V < c_last)
        vector_put(sum[v], c_last - c - v * V, ds + ds_at + (long)n * channels + c + v * V,
                   accumulate_ds);
  }
}
NATIVE(channel_scale_gradient)
