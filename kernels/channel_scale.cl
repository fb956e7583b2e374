// Squeeze-and-excitation's product: y[n,p,c] = x[n,p,c] * s[n,c], p over the image's positions.

// An item takes `chunk` positions.
kernel void channel_scale(const int items, global const float *x, const long x_at,
                          global const float *s, const long s_at, global float *y, const long y_at,
                          const int positions, const int channels, const int chunk,
                          const int accumulate) {
  ITEM(item); // n x chunks x channel vectors
  const int vectors = (channels + V - 1) / V, chunks = (positions + chunk - 1) / chunk;
  const int c = item % vectors * V, n = item / vectors / chunks;
  const int first = (item / vectors - n * chunks) * chunk, last = min(first + chunk, positions);
  const vec scale = vector_load(s + s_at + (long)n * channels + c);
  const long at = (long)n * positions * channels + c;
  for (int p = first; p < last; p++)
    vector_put(vector_load(x + x_at + at + (long)p * channels) * scale, channels - c,
               y + y_at + at + (long)p * channels, accumulate);
}
NATIVE(channel_scale)

// ds[n,c] (+)= sum over p of dy * x.
kernel void channel_scale_gradient(const int items, global const float *x, const long x_at,
                                   global const float *dy, const long dy_at, global float *ds,
                                   const long ds_at, const int positions, const int channels,
                                   const int accumulate) {
  ITEM(item); // n x channel vectors
  const int vectors = (channels + V - 1) / V;
  const int c = item % vectors * V, n = item / vectors;
  const long at = (long)n * positions * channels + c;
  vec sum = (vec)(0.0f);
  for (int first = 0; first < positions; first += PENDING_ROWS) {
    vec xs[PENDING_ROWS], ds_of[PENDING_ROWS];
#pragma unroll
    for (int k = 0; k < PENDING_ROWS; k++) {
      const long to = at + (long)min(first + k, positions - 1) * channels;
      xs[k] = vector_load(x + x_at + to);
      ds_of[k] = vector_load(dy + dy_at + to);
    }
#pragma unroll
    for (int k = 0; k < PENDING_ROWS; k++)
      if (first + k < positions)
        sum = fma(xs[k], ds_of[k], sum);
  }
  vector_put(sum, channels - c, ds + ds_at + (long)n * channels + c, accumulate);
}
NATIVE(channel_scale_gradient)
