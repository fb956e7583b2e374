// Bilinear resize, half-pixel centres, edges clamped (PyTorch's align_corners=False, no antialias).

typedef struct {
  int low, high;
  float weight; // of `high`
} Sample;

inline Sample bilinear_sample(int o, int in_size, float scale) {
  const float at = fmax(((float)o + 0.5f) * scale - 0.5f, 0.0f);
  Sample s;
  s.low = min((int)at, in_size - 1);
  s.high = min(s.low + 1, in_size - 1);
  s.weight = at - (float)s.low;
  return s;
}

kernel void resize(const int items, global const float *x, const long x_at, global float *y,
                   const long y_at, const int in_height, const int in_width, const int out_height,
                   const int out_width, const int channels) {
  ITEM(item); // output rows (n, oy)
  const int n = item / out_height, oy = item % out_height;
  const Sample sy = bilinear_sample(oy, in_height, (float)in_height / (float)out_height);
  x += x_at + (long)n * in_height * in_width * channels;
  y += y_at + (long)item * out_width * channels;
  global const float *upper = x + (long)sy.low * in_width * channels;
  global const float *lower = x + (long)sy.high * in_width * channels;
  for (int ox = 0; ox < out_width; ox++) {
    const Sample sx = bilinear_sample(ox, in_width, (float)in_width / (float)out_width);
    const int low = sx.low * channels, high = sx.high * channels;
    // Of images' few channels most lanes would be empty.
    for (int c = 0; c < channels && channels <= 4; c++) {
      const float top = upper[low + c] + (upper[high + c] - upper[low + c]) * sx.weight;
      const float bottom = lower[low + c] + (lower[high + c] - lower[low + c]) * sx.weight;
      y[(long)ox * channels + c] = top + (bottom - top) * sy.weight;
    }
    for (int c = 0; c < channels && channels > 4; c += V) {
      const vec a = vector_load(upper + low + c), b = vector_load(upper + high + c);
      const vec d = vector_load(lower + low + c), e = vector_load(lower + high + c);
      const vec top = a + (b - a) * sx.weight, bottom = d + (e - d) * sx.weight;
      vector_store_part(top + (bottom - top) * sy.weight, channels - c,
                        y + (long)ox * channels + c);
    }
  }
}
NATIVE(resize)

// The weight with which output o reads input i.
inline float bilinear_weight(int o, int i, int in_size, float scale) {
  const Sample s = bilinear_sample(o, in_size, scale);
  return (s.low == i ? 1.0f - s.weight : 0.0f) + (s.high == i ? s.weight : 0.0f);
}

// The rows of outputs that may read row i: [first, last].
inline int first_reader(int i, float scale) {
  return i == 0 ? 0 : max((int)(((float)i - 0.5f) / scale - 1.5f), 0);
}
inline int last_reader(int i, int in_size, int out_size, float scale) {
  return i == in_size - 1 ? out_size - 1
                          : min((int)(((float)i + 1.5f) / scale + 1.0f), out_size - 1);
}

// p[0..<channels] += weight * g[0..<channels].
inline void add_weighted(global float *p, float weight, global const float *g, int channels) {
  for (int c = 0; c < channels && channels <= 4; c++)
    p[c] += weight * g[c];
  for (int c = 0; c < channels && channels > 4; c += V)
    vector_put((vec)(weight)*vector_load(g + c), channels - c, p + c, 1);
}

kernel void resize_gradient(const int items, global const float *dy, const long dy_at,
                            global float *dx, const long dx_at, const int in_height,
                            const int in_width, const int out_height, const int out_width,
                            const int channels, const int accumulate) {
  ITEM(item); // input rows (n, iy)
  const int n = item / in_height, iy = item % in_height;
  const float scale_y = (float)in_height / (float)out_height;
  const float scale_x = (float)in_width / (float)out_width;
  dy += dy_at + (long)n * out_height * out_width * channels;
  dx += dx_at + (long)item * in_width * channels;
  for (int i = 0; i < in_width * channels && !accumulate; i += V)
    vector_store_part((vec)(0.0f), in_width * channels - i, dx + i);
  const int last = last_reader(iy, in_height, out_height, scale_y);
  for (int oy = first_reader(iy, scale_y); oy <= last; oy++) {
    const float weight = bilinear_weight(oy, iy, in_height, scale_y);
    for (int ox = 0; ox < out_width && weight != 0.0f; ox++) {
      const Sample s = bilinear_sample(ox, in_width, scale_x);
      global const float *g = dy + ((long)oy * out_width + ox) * channels;
      add_weighted(dx + s.low * channels, weight * (1.0f - s.weight), g, channels);
      add_weighted(dx + s.high * channels, weight * s.weight, g, channels);
    }
  }
}
NATIVE(resize_gradient)
