// Batch norm over the rows of x [rows, channels]: its statistics and what its gradient is made
// from. Whoever reads x applies them (see reading.h).
//
// Statistics: per chunk of rows the mean and the centred sum of squares (two passes over a chunk
// that sits in cache, so nothing cancels), then Chan's pairwise update over chunks in order.
#include "batch_norm.h"
#include "element.h"

// partial[chunk, 0, c] = mean, partial[chunk, 1, c] = sum (x - mean)^2.
kernel void batch_norm_partials(const int items, global const float *x, const long x_at,
                                global float *partial, const long partial_at, const int rows,
                                const int channels, const int chunk) {
  ITEM(item); // chunks x channel vectors
  const int vectors = (channels + V - 1) / V;
  const int c = item % vectors * V, split = item / vectors;
  const int first = split * chunk, count = min(chunk, rows - first);
  x += x_at + (long)first * channels + c;
  vec s0 = (vec)(0.0f), s1 = (vec)(0.0f);
  int r = 0;
  for (; r + 1 < count; r += 2) {
    s0 += vector_load(x + (long)r * channels);
    s1 += vector_load(x + (long)(r + 1) * channels);
  }
  if (r < count)
    s0 += vector_load(x + (long)r * channels);
  const vec mean = (s0 + s1) * (1.0f / count);
  s0 = (vec)(0.0f);
  s1 = (vec)(0.0f);
  for (r = 0; r + 1 < count; r += 2) {
    const vec d0 = vector_load(x + (long)r * channels) - mean;
    const vec d1 = vector_load(x + (long)(r + 1) * channels) - mean;
    s0 = fma(d0, d0, s0);
    s1 = fma(d1, d1, s1);
  }
  if (r < count) {
    const vec d = vector_load(x + (long)r * channels) - mean;
    s0 = fma(d, d, s0);
  }
  partial += partial_at + (long)split * 2 * channels + c;
  vector_store_part(mean, channels - c, partial);
  vector_store_part(s0 + s1, channels - c, partial + channels);
}
NATIVE(batch_norm_partials)

// saved[0..3, c] = mean, 1/deviation, scale, shift, so that y = x*scale + shift.
// The running statistics move by `momentum` towards the batch's (variance unbiased).
kernel void batch_norm_statistics(BATCH_STATISTICS_PARAMETERS) {
  ITEM(item); // channel vectors
  const int c = item * V, splits = (rows + chunk - 1) / chunk;
  Moments seen = moments_of(partial + partial_at + c, 0, rows, channels, chunk);
  for (int s = 1; s < splits; s++)
    seen = merged(seen, moments_of(partial + partial_at + c, s, rows, channels, chunk));
  store_statistics(BATCH_STATISTICS, c, seen);
}
NATIVE(batch_norm_statistics)

// `saved` from the running statistics: inference.
kernel void batch_norm_running(const int items, global const float *gamma, const long gamma_at,
                               global const float *beta, const long beta_at,
                               global const float *running_mean, const long mean_at,
                               global const float *running_variance, const long variance_at,
                               global float *saved, const long saved_at, const int channels,
                               const float epsilon) {
  ITEM(item); // channel vectors
  const int c = item * V;
  const vec mean = vector_load(running_mean + mean_at + c);
  const vec inverse = 1.0f / sqrt(vector_load(running_variance + variance_at + c) + epsilon);
  const vec scale = vector_load(gamma + gamma_at + c) * inverse;
  const vec shift = vector_load(beta + beta_at + c) - mean * scale;
  saved += saved_at + c;
  vector_store_part(mean, channels - c, saved);
  vector_store_part(inverse, channels - c, saved + channels);
  vector_store_part(scale, channels - c, saved + 2 * channels);
  vector_store_part(shift, channels - c, saved + 3 * channels);
}
NATIVE(batch_norm_running)

// The gradient before the activation, g = dy * slope, and partial[chunk, 0, c] = sum g,
// [chunk, 1, c] = sum g*(x - mean). Nothing is written where g is null.
kernel void batch_norm_finish(const int items, global const element *x, const long x_at,
                              global const float *dy, const long dy_at, global const float *saved,
                              const long saved_at, global float *g, const long g_at,
                              global float *partial, const long partial_at, const int rows,
                              const int channels, const int chunk, const int kind) {
  ITEM(item); // chunks x channel vectors
  const int vectors = (channels + V - 1) / V;
  const int c = item % vectors * V, split = item / vectors;
  const int first = split * chunk, last = min(first + chunk, rows);
  saved += saved_at + c;
  const vec mean = vector_load(saved);
  const vec scale = vector_load(saved + 2 * channels), shift = vector_load(saved + 3 * channels);
  vec sum = (vec)(0.0f), product = (vec)(0.0f);
  for (int r = first; r < last; r += PENDING_ROWS) {
    vec xs[PENDING_ROWS], gs[PENDING_ROWS];
#pragma unroll
    for (int k = 0; k < PENDING_ROWS; k++) {
      const long at = (long)min(r + k, last - 1) * channels + c;
      xs[k] = element_load(x + x_at + at);
      gs[k] = vector_load(dy + dy_at + at);
    }
#pragma unroll
    for (int k = 0; k < PENDING_ROWS; k++)
      if (r + k < last) {
        const vec gv = gs[k] * activation_slope(fma(xs[k], scale, shift), kind);
        if (g)
          vector_store_part(gv, channels - c, g + g_at + (long)(r + k) * channels + c);
        sum += gv;
        product = fma(gv, xs[k] - mean, product);
      }
  }
  partial += partial_at + (long)split * 2 * channels + c;
  vector_store_part(sum, channels - c, partial);
  vector_store_part(product, channels - c, partial + channels);
}
NATIVE(batch_norm_finish)

// dgamma, dbeta (accumulated), and the gradient of x as its readers make it (see batch_norm.h).
kernel void batch_norm_coefficients(BATCH_COEFFICIENTS_PARAMETERS) {
  ITEM(item); // channel vectors
  const int c = item * V;
  vec sum = (vec)(0.0f), product = (vec)(0.0f);
  for (int s = 0; s < splits; s++) {
    sum += vector_load(partial + partial_at + (long)s * 2 * channels + c);
    product += vector_load(partial + partial_at + ((long)s * 2 + 1) * channels + c);
  }
  store_coefficients(BATCH_COEFFICIENTS, c, sum, product);
}
NATIVE(batch_norm_coefficients)
