// What the activations are stored as that a convolution hands on: floats, or, where a file is
// compiled with HALVES, halves, which need half the memory and half the traffic. Whatever is
// computed, summed or handed back is in floats. The CPU fallback compiles this twice.
#ifndef ELEMENT_H
#define ELEMENT_H

#ifdef HALVES
typedef half element;
enum { ARE_FLOATS = 0 };
// Floats that n elements take the room of.
inline int room_of(int n) { return n / 2; }

#ifndef __cplusplus
#ifdef ALIGNED
#define half_load(p) JOIN(vloada_half, V)(0, p)
#define half_store(v, p) JOIN(JOIN(vstorea_half, V), _rte)(v, 0, p)
#else
#define half_load(p) JOIN(vload_half, V)(0, p)
#define half_store(v, p) JOIN(JOIN(vstore_half, V), _rte)(v, 0, p)
#endif
#define half_load4(p) vload_half4(0, p)
#define half_number(p) vload_half(0, p)
inline void half_store_tail(vec v, long n, global half *p) {
  float lanes[V];
  JOIN(vstore, V)(v, 0, lanes);
  for (int i = 0; i < n; i++)
    vstore_half_rte(lanes[i], i, p);
}
#endif

inline vec element_load(global const element *p) { return half_load(p); }
inline float4 element_load4(global const element *p) { return half_load4(p); }
inline float element_number(global const element *p) { return half_number(p); }
inline void element_store_part(vec v, long n, global element *p) {
  if (n >= V)
    half_store(v, p);
  else
    half_store_tail(v, n, p);
}
#else
typedef float element;
enum { ARE_FLOATS = 1 };
inline int room_of(int n) { return n; }

inline vec element_load(global const element *p) { return vector_load(p); }
inline float4 element_load4(global const element *p) { return vload4(0, p); }
inline float element_number(global const element *p) { return *p; }
inline void element_store_part(vec v, long n, global element *p) { vector_store_part(v, n, p); }
#endif

#endif
