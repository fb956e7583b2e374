// Second stages of ordered reductions by work-groups: `lanes` items (a power of two) share a vector
// of channels. Each adds up every `lanes`th split, then the lanes' sums are added pairwise.
#include "batch_norm.h"
#include "group.h"
#include "reduce.h"

#if V == 4

#define SUM_GROUP 256
// Splits that an item has on their way at a time.
#define AT_ONCE 4

// The group's vectors are side by side, so that neighbours read neighbours.
#define SUM_ITEM(vectors)                                                                          \
  const int width = SUM_GROUP / lanes, lane = get_local_id(0) / width;                             \
  const int at = get_group_id(0) * width + get_local_id(0) % width;                                \
  const int inside = at < (vectors)

// As `batch_norm_statistics`.
GROUP_KERNEL(SUM_GROUP) group_batch_norm_statistics(BATCH_STATISTICS_PARAMETERS, const int lanes) {
  local vec means[SUM_GROUP], squares[SUM_GROUP];
  local float counts[SUM_GROUP];
  SUM_ITEM((channels + V - 1) / V);
  const int id = get_local_id(0), c = at * V, splits = (rows + chunk - 1) / chunk;
  Moments seen = {(vec)(0.0f), (vec)(0.0f), 0.0f};
  if (inside)
    for (int first = lane; first < splits; first += AT_ONCE * lanes) {
      Moments next[AT_ONCE];
#pragma unroll
      for (int k = 0; k < AT_ONCE; k++) {
        const int s = first + k * lanes;
        next[k] = moments_of(partial + partial_at + c, min(s, splits - 1), rows, channels, chunk);
        if (s >= splits)
          next[k].count = 0.0f;
      }
#pragma unroll
      for (int k = 0; k < AT_ONCE; k++)
        if (next[k].count > 0.0f)
          seen = merged(seen, next[k]);
    }
  for (int rest = lanes / 2; rest > 0; rest /= 2) {
    means[id] = seen.mean;
    squares[id] = seen.squares;
    counts[id] = seen.count;
    barrier(CLK_LOCAL_MEM_FENCE);
    if (lane < rest) {
      const int other = id + rest * width;
      const Moments more = {means[other], squares[other], counts[other]};
      seen = merged(seen, more);
    }
    barrier(CLK_LOCAL_MEM_FENCE);
  }
  if (inside && lane == 0)
    store_statistics(BATCH_STATISTICS, c, seen);
}

// As `batch_norm_coefficients`.
GROUP_KERNEL(SUM_GROUP)
group_batch_norm_coefficients(BATCH_COEFFICIENTS_PARAMETERS, const int lanes) {
  local vec room[SUM_GROUP];
  SUM_ITEM((channels + V - 1) / V);
  const int c = at * V;
  vec sum = (vec)(0.0f), product = (vec)(0.0f);
  if (inside)
    for (int s = lane; s < splits; s += lanes) {
      sum += vector_load(partial + partial_at + (long)s * 2 * channels + c);
      product += vector_load(partial + partial_at + ((long)s * 2 + 1) * channels + c);
    }
  sum = group_sum(sum, width, lanes, room);
  product = group_sum(product, width, lanes, room);
  if (inside && lane == 0)
    store_coefficients(BATCH_COEFFICIENTS, c, sum, product);
}

// As `sum_partials`.
GROUP_KERNEL(SUM_GROUP) group_sum_partials(SUM_PARTIALS_PARAMETERS, const int lanes) {
  local vec room[SUM_GROUP];
  const int vectors = (columns + V - 1) / V;
  SUM_ITEM((int)(split_stride / columns) * vectors);
  const int c = at % vectors * V, row = at / vectors;
  partial += partial_at + (long)row * columns + c;
  vec sum = (vec)(0.0f);
  if (inside)
    for (int first = lane; first < splits; first += AT_ONCE * lanes) {
#pragma unroll
      for (int k = 0; k < AT_ONCE; k++) {
        const int s = first + k * lanes;
        const float is_there = s < splits ? 1.0f : 0.0f;
        sum = fma(vector_load(partial + min(s, splits - 1) * split_stride), (vec)(is_there), sum);
      }
    }
  sum = group_sum(sum, width, lanes, room);
  if (inside && lane == 0)
    store_sum(SUM_PARTIALS_OUTPUT, row, c, sum);
}

#endif
