// A weighted sum of activations, the weights learnt: y = sum over k of w[k] * x_k.

// y (+)= w[k] * x.
kernel void mixture_add(const int items, global const float *x, const long x_at,
                        global const float *w, const long w_at, global float *y, const long y_at,
                        const long count, const int per_item, const int k, const int accumulate) {
  x += x_at;
  y += y_at;
  const vec weight = (vec)(w[w_at + k]);
  FOR_EACH_VECTOR(i, count)
  vector_put(vector_load(x + i) * weight, count - i, y + i, accumulate);
}
NATIVE(mixture_add)

// parts[item, k, lane] = sum of x * dy over the item's chunk, each lane for itself.
kernel void mixture_dot(const int items, global const float *x, const long x_at,
                        global const float *dy, const long dy_at, global float *parts,
                        const long parts_at, const long count, const int chunk, const int k,
                        const int columns) {
  ITEM(item); // chunks
  const long first = (long)item * chunk, last = min(first + chunk, count);
  x += x_at;
  dy += dy_at;
  vec sum = (vec)(0.0f);
  long i = first;
  for (; i + V <= last; i += V)
    sum = fma(vector_load(x + i), vector_load(dy + i), sum);
  parts += parts_at + ((long)item * columns + k) * V;
  vector_store(sum, parts);
  for (; i < last; i++)
    parts[0] += x[i] * dy[i];
}
NATIVE(mixture_dot)

// dw[k] (+)= sum over the lanes of sums[k, lane].
kernel void mixture_slopes(const int items, global const float *sums, const long sums_at,
                           global float *dw, const long dw_at, const int accumulate) {
  ITEM(k);
  sums += sums_at + (long)k * V;
  float sum = 0.0f;
  for (int lane = 0; lane < V; lane++)
    sum += sums[lane];
  dw[dw_at + k] = accumulate ? dw[dw_at + k] + sum : sum;
}
NATIVE(mixture_slopes)
