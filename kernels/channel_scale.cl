// Squeeze-and-excitation's product: y[n,p,c] = x[n,p,c] * s[n,c], p over the image's positions.

kernel void channel_scale(const int items, global const float *x, const long x_at,
                          global const float *s, const long s_at, global float *y, const long y_at,
                          const int positions, const int channels, const int accumulate) {
  ITEM(item); // n x channel vectors
  const int vectors = (channels + V - 1) / V;
  const int c = item % vectors * V, n = item / vectors;
  const vec scale = vector_load(s + s_at + (long)n * channels + c);
  const long at = (long)n * positions * channels + c;
  for (int p = 0; p < positions; p++)
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
  for (int p = 0; p < positions; p++)
    sum = fma(vector_load(x + x_at + at + (long)p * channels),
              vector_load(dy + dy_at + at + (long)p * channels), sum);
  vector_put(sum, channels - c, ds + ds_at + (long)n * channels + c, accumulate);
}
NATIVE(channel_scale_gradient)
