// The second stage of batch norm's reductions: what a channel's sums become. An item adds up the
// splits in order (batch_norm.cl), or a work-group does (group_sums.cl).
#ifndef BATCH_NORM_H
#define BATCH_NORM_H

// Of `count` numbers a channel: mean and centred sum of squares.
typedef struct {
  vec mean, squares;
  float count;
} Moments;

// Those of split s, in partial [splits,2,channels], of `chunk` rows but the last.
inline Moments moments_of(global const float *partial, int s, int rows, int channels, int chunk) {
  partial += (long)s * 2 * channels;
  Moments m = {vector_load(partial), vector_load(partial + channels),
               (float)min(chunk, rows - s * chunk)};
  return m;
}

// Of both together (Chan et al. 1979); either may be of nothing.
inline Moments merged(Moments a, Moments b) {
  const float total = fmax(a.count + b.count, 1.0f);
  const vec delta = b.mean - a.mean;
  a.mean = fma(delta, (vec)(b.count / total), a.mean);
  a.squares += b.squares + delta * delta * (a.count * b.count / total);
  a.count += b.count;
  return a;
}

#define BATCH_STATISTICS_PARAMETERS                                                                \
  const int items, global const float *partial, const long partial_at, global const float *gamma,  \
      const long gamma_at, global const float *beta, const long beta_at,                           \
      global float *running_mean, const long mean_at, global float *running_variance,              \
      const long variance_at, global float *saved, const long saved_at, const int rows,            \
      const int channels, const int chunk, const float epsilon, const float momentum
#define BATCH_STATISTICS                                                                           \
  gamma + gamma_at, beta + beta_at, running_mean ? running_mean + mean_at : 0,                     \
      running_variance ? running_variance + variance_at : 0, saved + saved_at, rows, channels,     \
      epsilon, momentum

inline void store_statistics(global const float *gamma, global const float *beta,
                             global float *running_mean, global float *running_variance,
                             global float *saved, int rows, int channels, float epsilon,
                             float momentum, int c, Moments batch) {
  const int left = channels - c;
  const vec mean = batch.mean, variance = batch.squares / (float)rows;
  const vec inverse = 1.0f / sqrt(variance + epsilon);
  const vec scale = vector_load(gamma + c) * inverse;
  saved += c;
  vector_store_part(mean, left, saved);
  vector_store_part(inverse, left, saved + channels);
  vector_store_part(scale, left, saved + 2 * channels);
  vector_store_part(vector_load(beta + c) - mean * scale, left, saved + 3 * channels);
  if (running_mean) {
    const vec unbiased = batch.squares / (float)max(rows - 1, 1);
    const vec m = vector_load(running_mean + c), v = vector_load(running_variance + c);
    vector_store_part(m + (mean - m) * momentum, left, running_mean + c);
    vector_store_part(v + (unbiased - v) * momentum, left, running_variance + c);
  }
}

#define BATCH_COEFFICIENTS_PARAMETERS                                                              \
  const int items, global const float *partial, const long partial_at, global const float *saved,  \
      const long saved_at, global float *dgamma, const long dgamma_at, global float *dbeta,        \
      const long dbeta_at, global float *coefficients, const long coefficients_at, const int rows, \
      const int channels, const int splits, const int batch_statistics, const int accumulate
#define BATCH_COEFFICIENTS                                                                         \
  saved + saved_at, dgamma ? dgamma + dgamma_at : 0, dbeta ? dbeta + dbeta_at : 0,                 \
      coefficients + coefficients_at, rows, channels, batch_statistics, accumulate

// From the sums of g and of g*(x - mean), g being the gradient before the activation:
// dx = g*coefficients[0] + x*coefficients[1] + coefficients[2] = scale*(g - mean g - (x - mean)*m),
// m = mean(g*(x - mean))/variance. Running statistics do not depend on x: dx = scale*g.
inline void store_coefficients(global const float *saved, global float *dgamma, global float *dbeta,
                               global float *coefficients, int rows, int channels,
                               int batch_statistics, int accumulate, int c, vec sum, vec product) {
  const int left = channels - c;
  saved += c;
  const vec mean = vector_load(saved), inverse = vector_load(saved + channels);
  const vec scale = vector_load(saved + 2 * channels);
  if (dgamma)
    vector_put(product * inverse, left, dgamma + c, accumulate);
  if (dbeta)
    vector_put(sum, left, dbeta + c, accumulate);
  const float share = batch_statistics ? 1.0f / rows : 0.0f;
  const vec slope = product * inverse * inverse * share * scale;
  coefficients += c;
  vector_store_part(scale, left, coefficients);
  vector_store_part(-slope, left, coefficients + channels);
  vector_store_part(mean * slope - sum * share * scale, left, coefficients + 2 * channels);
}

#endif
