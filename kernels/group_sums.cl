// First stages of ordered reductions on devices that cut them into many splits: every `factor`
// splits become one, in order.

// partial [splits,2,channels] of statistics (mean and centred sum of squares, each over
// `rows_per_split` rows but the last) or of plain sums, to out [splits/factor,2,channels].
kernel void combine_splits(const int items, global const float *partial, const long partial_at,
                           global float *out, const long out_at, const int splits,
                           const int channels, const int factor, const int rows,
                           const int rows_per_split, const int statistics) {
  ITEM(item); // splits of the result x channel vectors
  const int vectors = (channels + V - 1) / V;
  const int c = item % vectors * V, to = item / vectors;
  const int first = to * factor, last = min(first + factor, splits);
  partial += partial_at + c;
  vec one = vector_load(partial + (long)first * 2 * channels);
  vec two = vector_load(partial + ((long)first * 2 + 1) * channels);
  float seen = min(rows_per_split, rows - first * rows_per_split);
  for (int s = first + 1; s < last; s++) {
    const vec next = vector_load(partial + (long)s * 2 * channels);
    const vec square = vector_load(partial + ((long)s * 2 + 1) * channels);
    if (statistics) {
      const float count = min(rows_per_split, rows - s * rows_per_split), total = seen + count;
      const vec delta = next - one;
      one = fma(delta, (vec)(count / total), one);
      two += square + delta * delta * (seen * count / total);
      seen = total;
    } else {
      one += next;
      two += square;
    }
  }
  out += out_at + (long)to * 2 * channels + c;
  vector_store_part(one, channels - c, out);
  vector_store_part(two, channels - c, out + channels);
}
NATIVE(combine_splits)

// out[to, i] = sum of partial[s, i] over the `factor` splits from to*factor on.
kernel void sum_splits(const int items, global const float *partial, const long partial_at,
                       global float *out, const long out_at, const int splits, const int count,
                       const int factor) {
  ITEM(item); // splits of the result x vectors
  const int vectors = (count + V - 1) / V;
  const int i = item % vectors * V, to = item / vectors;
  const int last = min(to * factor + factor, splits);
  partial += partial_at + i;
  vec sum = (vec)(0.0f);
  for (int s = to * factor; s < last; s++)
    sum += vector_load(partial + (long)s * count);
  vector_store_part(sum, count - i, out + out_at + (long)to * count + i);
}
NATIVE(sum_splits)
