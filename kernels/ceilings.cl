// What a device can do at most: the benchmark's yardsticks, used by no operator.

// `rounds` times twelve independent multiply-adds of a vector: enough of them in flight to hide
// their latency. Work-item i's vector lies at y + i*V.
kernel void fma_chains(const int items, global float *y, const long y_at, const int rounds,
                       const float factor, const float addend) {
  ITEM(item);
  global float *at = y + y_at + (long)item * V;
  const vec m = (vec)(factor), c = (vec)(addend);
  vec a0 = vector_load(at), a1 = a0 + 1.0f, a2 = a0 + 2.0f, a3 = a0 + 3.0f;
  vec a4 = a0 + 4.0f, a5 = a0 + 5.0f, a6 = a0 + 6.0f, a7 = a0 + 7.0f;
  vec a8 = a0 + 8.0f, a9 = a0 + 9.0f, a10 = a0 + 10.0f, a11 = a0 + 11.0f;
  for (int r = 0; r < rounds; r++) {
    a0 = fma(a0, m, c);
    a1 = fma(a1, m, c);
    a2 = fma(a2, m, c);
    a3 = fma(a3, m, c);
    a4 = fma(a4, m, c);
    a5 = fma(a5, m, c);
    a6 = fma(a6, m, c);
    a7 = fma(a7, m, c);
    a8 = fma(a8, m, c);
    a9 = fma(a9, m, c);
    a10 = fma(a10, m, c);
    a11 = fma(a11, m, c);
  }
  vector_store(((a0 + a1) + (a2 + a3)) + ((a4 + a5) + (a6 + a7)) + ((a8 + a9) + (a10 + a11)), at);
}
NATIVE(fma_chains)

// y = x, and nothing else; written past the caches where `past` is set.
kernel void stream_copy(const int items, global const float *x, const long x_at, global float *y,
                        const long y_at, const long count, const int per_item, const int past) {
  x += x_at;
  y += y_at;
  if (past && (ulong)y % 64 == 0 && count % V == 0) {
    FOR_EACH_VECTOR(i, count)
    vector_stream(vector_load(x + i), y + i);
    return;
  }
  FOR_EACH_VECTOR(i, count)
  vector_store_part(vector_load(x + i), count - i, y + i);
}
NATIVE(stream_copy)
