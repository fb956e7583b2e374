// Batch norm over the rows of x [rows, channels]: its statistics and what its gradient is made
// from. Whoever reads x applies them (see reading.h).
//
// Statistics: per chunk of rows the mean and the centred sum of squares (two passes over a chunk
// that sits in cache, so nothing cancels), then Chan's pairwise update over chunks in order.

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
kernel void batch_norm_statistics(const int items, global const float *partial,
                                  const long partial_at, global const float *gamma,
                                  const long gamma_at, global const float *beta, const long beta_at,
                                  global float *running_mean, const long mean_at,
                                  global float *running_variance, const long variance_at,
                                  global float *saved, const long saved_at, const int rows,
                                  const int channels, const int chunk, const float epsilon,
                                  const float momentum) {
  ITEM(item); // channel vectors
  const int c = item * V, splits = (rows + chunk - 1) / chunk;
  partial += partial_at + c;
  vec mean = vector_load(partial), m2 = vector_load(partial + channels);
  float seen = min(chunk, rows);
  for (int s = 1; s < splits; s++) {
    global const float *p = partial + (long)s * 2 * channels;
    const float count = min(chunk, rows - s * chunk), total = seen + count;
    const vec delta = vector_load(p) - mean;
    mean = fma(delta, (vec)(count / total), mean);
    m2 += vector_load(p + channels) + delta * delta * (seen * count / total);
    seen = total;
  }
  const vec variance = m2 / (float)rows;
  const vec inverse = 1.0f / sqrt(variance + epsilon);
  const vec scale = vector_load(gamma + gamma_at + c) * inverse;
  const vec shift = vector_load(beta + beta_at + c) - mean * scale;
  saved += saved_at + c;
  vector_store_part(mean, channels - c, saved);
  vector_store_part(inverse, channels - c, saved + channels);
  vector_store_part(scale, channels - c, saved + 2 * channels);
  vector_store_part(shift, channels - c, saved + 3 * channels);
  if (running_mean) {
    running_mean += mean_at + c;
    running_variance += variance_at + c;
    const vec unbiased = m2 / (float)max(rows - 1, 1);
    const vec m = vector_load(running_mean), v = vector_load(running_variance);
    vector_store_part(m + (mean - m) * momentum, channels - c, running_mean);
    vector_store_part(v + (unbiased - v) * momentum, channels - c, running_variance);
  }
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
kernel void batch_norm_finish(const int items, global const float *x, const long x_at,
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
  for (int r = first; r < last; r++) {
    const long at = (long)r * channels + c;
    const vec xv = vector_load(x + x_at + at);
    const vec gv = vector_load(dy + dy_at + at) * activation_slope(fma(xv, scale, shift), kind);
    if (g)
      vector_store_part(gv, channels - c, g + g_at + at);
    sum += gv;
    product = fma(gv, xv - mean, product);
  }
  partial += partial_at + (long)split * 2 * channels + c;
  vector_store_part(sum, channels - c, partial);
  vector_store_part(product, channels - c, partial + channels);
}
NATIVE(batch_norm_finish)

// dgamma, dbeta (accumulated), and the gradient of x as its readers make it from g and x:
// dx = g*coefficients[0] + x*coefficients[1] + coefficients[2] = scale*(g - mean g - (x - mean)*m),
// m = mean(g*(x - mean))/variance. Running statistics do not depend on x: dx = scale*g.
kernel void batch_norm_coefficients(const int items, global const float *partial,
                                    const long partial_at, global const float *saved,
                                    const long saved_at, global float *dgamma, const long dgamma_at,
                                    global float *dbeta, const long dbeta_at,
                                    global float *coefficients, const long coefficients_at,
                                    const int rows, const int channels, const int splits,
                                    const int batch_statistics, const int accumulate) {
  ITEM(item); // channel vectors
  const int c = item * V;
  partial += partial_at + c;
  saved += saved_at + c;
  vec sum = (vec)(0.0f), product = (vec)(0.0f);
  for (int s = 0; s < splits; s++) {
    sum += vector_load(partial + (long)s * 2 * channels);
    product += vector_load(partial + ((long)s * 2 + 1) * channels);
  }
  const vec mean = vector_load(saved), inverse = vector_load(saved + channels);
  const vec scale = vector_load(saved + 2 * channels);
  if (dgamma)
    vector_put(product * inverse, channels - c, dgamma + dgamma_at + c, accumulate);
  if (dbeta)
    vector_put(sum, channels - c, dbeta + dbeta_at + c, accumulate);
  const float share = batch_statistics ? 1.0f / rows : 0.0f;
  const vec slope = product * inverse * inverse * share * scale;
  coefficients += coefficients_at + c;
  vector_store_part(scale, channels - c, coefficients);
  vector_store_part(-slope, channels - c, coefficients + channels);
  vector_store_part(mean * slope - sum * share * scale, channels - c, coefficients + 2 * channels);
}
NATIVE(batch_norm_coefficients)
