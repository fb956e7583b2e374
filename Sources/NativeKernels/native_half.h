// Sixteen-bit floats in C++, for kernels compiled with HALVES (`element.h`). Included after
// `native.h`.

// Sixteen-bit floats, which memory may hold. Conversions round to nearest, ties to even.
struct half {
  unsigned short bits;
};
typedef unsigned short half_vec __attribute__((ext_vector_type(V)));
#if defined(__x86_64__) && V == 16
inline vec half_load(const half *p) {
  return _mm512_cvtph_ps(_mm256_loadu_si256(reinterpret_cast<const __m256i *>(p)));
}
inline half_vec halves_of(vec v) {
  return __builtin_bit_cast(half_vec, _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
}
#elif defined(__x86_64__) && V == 8
inline vec half_load(const half *p) {
  return _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i *>(p)));
}
inline half_vec halves_of(vec v) {
  return __builtin_bit_cast(half_vec, _mm256_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
}
#else
// By integers: older processors have no instruction, and not all libraries the function.
inline float half_number(const half *p) {
  const uint sign = uint(p->bits & 0x8000) << 16, rest = p->bits & 0x7fff;
  const float infinite = __builtin_bit_cast(float, sign | 0x7f800000 | (rest & 0x3ff) << 13);
  const float small = (sign ? -1.0f : 1.0f) * (float)rest * 0x1p-24f;
  const float normal = __builtin_bit_cast(float, sign | ((rest << 13) + (112u << 23)));
  return rest >= 0x7c00 ? infinite : rest < 0x400 ? small : normal;
}
inline unsigned short half_bits(float x) {
  const uint bits = __builtin_bit_cast(uint, x), sign = bits >> 16 & 0x8000;
  const uint rest = bits & 0x7fffffff;
  const uint odd = rest >> 13 & 1;
  const uint normal = (rest - (112u << 23) + 0xfff + odd) >> 13;
  // Adding 0.5 leaves multiples of 2^-24, rounded as sums are.
  const float shifted = __builtin_bit_cast(float, rest) + 0.5f;
  const uint small = __builtin_bit_cast(uint, shifted) - __builtin_bit_cast(uint, 0.5f);
  const uint infinite = rest > 0x7f800000 ? 0x7e00 : 0x7c00;
  return (unsigned short)(sign | (rest >= 0x477ff000  ? infinite
                                  : rest < 0x38800000 ? small
                                                      : normal));
}
inline vec half_load(const half *p) {
  vec v;
  for (int i = 0; i < V; i++)
    v[i] = half_number(p + i);
  return v;
}
inline half_vec halves_of(vec v) {
  half_vec h;
  for (int i = 0; i < V; i++)
    h[i] = half_bits(v[i]);
  return h;
}
#endif
#if defined(__x86_64__) && V >= 8
inline float half_number(const half *p) { return _cvtsh_ss(p->bits); }
inline float4 half_load4(const half *p) {
  return _mm_cvtph_ps(_mm_loadl_epi64(reinterpret_cast<const __m128i *>(p)));
}
#else
inline float4 half_load4(const half *p) {
  return {half_number(p), half_number(p + 1), half_number(p + 2), half_number(p + 3)};
}
#endif
inline void half_store(vec v, half *p) {
  reinterpret_cast<Unaligned<half_vec> *>(p)->value = halves_of(v);
}
inline void half_store_tail(vec v, long n, half *p) {
  const half_vec h = halves_of(v);
  for (long i = 0; i < n; i++)
    p[i].bits = h[i];
}
