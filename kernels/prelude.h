// What every kernel file stands on: the vector type, its loads and stores, and the activations.
//
// The kernels are OpenCL C 1.2. A device defines V (lanes of a vector), ROWS and COLUMNS (the
// register tile of a matrix product: ROWS x COLUMNS vectors), and GROUP if it runs group kernels.
// The CPU fallback compiles the same files as C++ after `native.h`, which supplies OpenCL's words.
//
// Every buffer has SLACK bytes after its end, so a vector may be loaded past the last channel;
// nothing is ever stored there. Each kernel's first argument counts its work-items.

#define JOIN_(a, b) a##b
#define JOIN(a, b) JOIN_(a, b)

#ifndef __cplusplus
#define NATIVE(name)
#define inline static inline __attribute__((always_inline))
#define outlined static __attribute__((noinline))
// What OpenCL has in a function of its own on CPUs: PoCL compiles products in 0.4 of the time.
#ifdef GROUP
#define outlined_in_opencl inline
#else
#define outlined_in_opencl outlined
#endif
typedef JOIN(float, V) vec;
typedef JOIN(int, V) ivec;
#if defined(GROUP) && defined(ALIGNED)
// All rows begin at whole vectors.
#define vector_load(p) (*(global const vec *)(p))
#define vector_store(v, p) (*(global vec *)(p) = (v))
#elif defined(GROUP)
// A GPU moves a vector as one only where the compiler knows that it is aligned, else by lanes.
inline vec vector_load(global const float *p) {
  return (size_t)p % sizeof(vec) ? JOIN(vload, V)(0, p) : *(global const vec *)p;
}
inline void vector_store(vec v, global float *p) {
  if ((size_t)p % sizeof(vec))
    JOIN(vstore, V)(v, 0, p);
  else
    *(global vec *)p = v;
}
#elif V >= 8
// One instruction where vstore may be made of many.
typedef vec unaligned_vec __attribute__((aligned(4)));
#define vector_load(p) (*(global const unaligned_vec *)(p))
#define vector_store(v, p) (*(global unaligned_vec *)(p) = (v))
#else
#define vector_load(p) JOIN(vload, V)(0, p)
#define vector_store(v, p) JOIN(vstore, V)(v, 0, p)
#endif
#define to_ivec(x) JOIN(JOIN(convert_int, V), _rte)(x)
#define vector_from(x) JOIN(convert_float, V)(x)
// The first lanes under a mask, where the compiler is one for such a processor: one instruction
// instead of a branch for each size of part. PoCL compiles all kernels in 0.64 of the time.
#ifdef __has_builtin
#if V == 16 && defined(__AVX512F__) && __has_builtin(__builtin_ia32_storeups512_mask) &&           \
    __has_builtin(__builtin_ia32_loadups512_mask)
#define HAS_VECTOR_STORE_TAIL
#define HAS_VECTOR_LOAD_TAIL
#define first_lanes(n) ((ushort)((1u << (n)) - 1))
inline void vector_store_tail(vec v, long n, global float *p) {
  __builtin_ia32_storeups512_mask((float *)(size_t)p, v, first_lanes(n));
}
inline vec vector_load_tail(long n, global const float *p) {
  return __builtin_ia32_loadups512_mask((const float *)(size_t)p, (vec)(0.0f), first_lanes(n));
}
#elif V == 8 && defined(__AVX__) && __has_builtin(__builtin_ia32_maskstoreps256) &&                \
    __has_builtin(__builtin_ia32_maskloadps256)
#define HAS_VECTOR_STORE_TAIL
#define HAS_VECTOR_LOAD_TAIL
#define first_lanes(n) ((ivec)((int)(n)) > (ivec)(0, 1, 2, 3, 4, 5, 6, 7))
inline void vector_store_tail(vec v, long n, global float *p) {
  __builtin_ia32_maskstoreps256((vec *)(size_t)p, first_lanes(n), v);
}
inline vec vector_load_tail(long n, global const float *p) {
  return __builtin_ia32_maskloadps256((const vec *)(size_t)p, first_lanes(n));
}
#endif
#if V >= 8 && __has_builtin(__builtin_nontemporal_store)
#define vector_stream(v, p) __builtin_nontemporal_store(v, (global vec *)(p))
#endif
#if V >= 8 && __has_builtin(__builtin_prefetch)
// Into the second cache (upcoming.h). `prefetch` may do nothing.
#define prefetch_line(p) __builtin_prefetch((const void *)(size_t)(p), 0, 2)
#endif
#endif
#ifndef vector_stream
#define vector_stream vector_store
#endif
#ifndef prefetch_line
#define prefetch_line(p) prefetch(p, 16)
#endif
// Which part of the scratch an item works in.
#define scratch_slot(item) (item)
#define as_vec(x) JOIN(as_float, V)(x)
#endif

#define ITEM(i)                                                                                    \
  const int i = get_global_id(0);                                                                  \
  if (i >= items)                                                                                  \
  return

// Elementwise kernels give a work-item `per_item` vectors: neighbours on a CPU (local size 1),
// interleaved with the group's other items on a GPU, so that both read memory in order.
#define FOR_EACH_VECTOR(at, count)                                                                 \
  for (long at = ((long)get_group_id(0) * get_local_size(0) * per_item + get_local_id(0)) * V,     \
            at##_end = at + (long)per_item * get_local_size(0) * V;                                \
       at < at##_end && at < (count); at += get_local_size(0) * V)

// Rows that an item has on their way at a time: a GPU waits long for the first.
#ifdef GROUP
#define PENDING_ROWS 8
#else
#define PENDING_ROWS 1
#endif

// Vectors that a processor of such a tile has registers for (`Tile.registers` in
// Compute/Device.swift).
#define REGISTERS (ROWS * COLUMNS >= 16 ? 32 : 16)

// Whether rows of `row` floats from p on are written past the caches: a large tensor, which is read
// much later, whose vectors fill cache lines.
inline int streams(global const float *p, long row, long count) {
  const long large = V == 16 ? 2 << 20 : 1 << 18;
  return V >= 8 && count >= large && row % 16 == 0 && (ulong)p % 64 == 0;
}

// The first n lanes of v, 1 <= n < V.
#ifndef HAS_VECTOR_STORE_TAIL
inline void vector_store_tail(vec v, long n, global float *p) {
#if V == 16
  float8 v8 = v.lo;
  if (n & 8) {
    vstore8(v8, 0, p);
    p += 8;
    v8 = v.hi;
  }
#elif V == 8
  float8 v8 = v;
#endif
#if V >= 8
  float4 v4 = v8.lo;
  if (n & 4) {
    vstore4(v4, 0, p);
    p += 4;
    v4 = v8.hi;
  }
#else
  float4 v4 = v;
#endif
  float2 v2 = v4.lo;
  if (n & 2) {
    vstore2(v2, 0, p);
    p += 2;
    v2 = v4.hi;
  }
  if (n & 1)
    *p = v2.x;
}
#endif

// The first n lanes, 1 <= n < V, and noughts.
#ifndef HAS_VECTOR_LOAD_TAIL
inline vec vector_load_tail(long n, global const float *p) {
#if V == 4
  return (vec)(p[0], n > 1 ? p[1] : 0.0f, n > 2 ? p[2] : 0.0f, 0.0f);
#else
  float lanes[V] = {0.0f};
  for (int i = 0; i < n; i++)
    lanes[i] = p[i];
  return JOIN(vload, V)(0, lanes);
#endif
}
#endif

// The first n lanes, 1 <= n, and noughts: of results that are added to, since another item may be
// writing those that follow.
inline vec vector_load_part(long n, global const float *p) {
#ifdef ALIGNED
  return vector_load(p);
#else
  return n >= V ? vector_load(p) : vector_load_tail(n, p);
#endif
}

// The first n lanes of v, 1 <= n; all of them when n >= V.
inline void vector_store_part(vec v, long n, global float *p) {
  if (n >= V)
    vector_store(v, p);
  else
    vector_store_tail(v, n, p);
}

// Stores, or adds to what is there.
inline void vector_put(vec v, long n, global float *p, int accumulate) {
  if (accumulate)
    v += vector_load_part(n, p);
  vector_store_part(v, n, p);
}

// Between two bounds. A number that is none becomes `least`; `fmax` and `fmin`, which ask about
// that first, take a CPU three instructions each.
inline vec clamped(vec x, vec least, vec most) {
#ifdef GROUP
  return fmin(fmax(x, least), most);
#else
  x = x > least ? x : least;
  return x < most ? x : most;
#endif
}

// e^x within 2 units in the last place: 2^n times a degree-6 polynomial on [-ln2/2, ln2/2].
inline vec vector_exp(vec x) {
  x = clamped(x, (vec)(-87.0f), (vec)(88.0f));
  const ivec n = to_ivec(x * 1.44269504f);
  const vec k = vector_from(n);
  vec r = fma(k, (vec)(-0.693359375f), x);
  r = fma(k, (vec)(2.12194440e-4f), r);
  vec p = (vec)(1.9875691500e-4f);
  p = fma(p, r, (vec)(1.3981999507e-3f));
  p = fma(p, r, (vec)(8.3334519073e-3f));
  p = fma(p, r, (vec)(4.1665795894e-2f));
  p = fma(p, r, (vec)(1.6666665459e-1f));
  p = fma(p, r, (vec)(5.0000001201e-1f));
  p = fma(p, r * r, r + 1.0f);
  return p * as_vec((n + 127) << 23);
}

inline vec vector_sigmoid(vec x) { return 1.0f / (1.0f + vector_exp(-x)); }

// tanh x = x (1 - x^2/3 + ...) near zero, where the quotient of exponentials cancels.
inline vec vector_tanh(vec x) {
  const vec e = vector_exp(2.0f * x);
  const vec far = 1.0f - 2.0f / (e + 1.0f);
  const vec s = x * x;
  const vec near = x * (1.0f + s * (-0.33333333f + s * (0.13333333f - s * 0.053968254f)));
  return s < (vec)(0.04f) ? near : far;
}

// The order of `Activation` in Operators/Activation.swift.
enum { IDENTITY, RELU, RELU6, HARD_SWISH, SWISH, SIGMOID, HARD_SIGMOID, TANH };

inline vec activate(vec x, int kind) {
  const vec zero = (vec)(0.0f);
  switch (kind) {
  case RELU:
    return fmax(x, zero);
  case RELU6:
    return clamped(x, zero, (vec)(6.0f));
  case HARD_SWISH:
    return x * clamped(x + 3.0f, zero, (vec)(6.0f)) * (1.0f / 6.0f);
  case SWISH:
    return x * vector_sigmoid(x);
  case SIGMOID:
    return vector_sigmoid(x);
  case HARD_SIGMOID:
    return clamped(x + 3.0f, zero, (vec)(6.0f)) * (1.0f / 6.0f);
  case TANH:
    return vector_tanh(x);
  default:
    return x;
  }
}

// d activate(x) / dx, from the input x: nothing but the input is kept for the way back.
inline vec activation_slope(vec x, int kind) {
  const vec zero = (vec)(0.0f), one = (vec)(1.0f);
  switch (kind) {
  case RELU:
    return x > zero ? one : zero;
  case RELU6:
    return x > zero ? (x < (vec)(6.0f) ? one : zero) : zero;
  case HARD_SWISH: {
    const vec inside = (2.0f * x + 3.0f) * (1.0f / 6.0f);
    return x > (vec)(-3.0f) ? (x < (vec)(3.0f) ? inside : one) : zero;
  }
  case SWISH: {
    const vec s = vector_sigmoid(x);
    return s * (1.0f + x * (1.0f - s));
  }
  case SIGMOID: {
    const vec s = vector_sigmoid(x);
    return s * (1.0f - s);
  }
  case HARD_SIGMOID:
    return x > (vec)(-3.0f) ? (x < (vec)(3.0f) ? (vec)(1.0f / 6.0f) : zero) : zero;
  case TANH: {
    const vec t = vector_tanh(x);
    return 1.0f - t * t;
  }
  default:
    return one;
  }
}

// How a sliding window's output position o and tap k meet an input position, in either direction:
//   i = (o*mul + shift + k*step) / div, when the division is exact and i lies inside.
// Forward: mul = stride, div = 1, shift = -padding, step = dilation.
// Gradient of the input: mul = 1, div = stride, shift = +padding, step = -dilation.
typedef struct {
  int mul, div, shift, step;
} Gather;

// The input position, or a negative number where there is none.
inline int gather_position(int o, int k, int size, Gather g) {
  int i = o * g.mul + g.shift + k * g.step;
  if (g.div > 1) {
    if (i < 0 || i % g.div)
      return -1;
    i /= g.div;
  }
  return i < size ? i : -1;
}
