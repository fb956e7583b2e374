// OpenCL C's words in C++, so that kernel files compile as they stand. Included once per
// instruction set, inside its namespace, with V, ROWS and COLUMNS defined.

#define kernel static
#define global
// Tile loops unroll only once their bounds are constants of the caller.
#define inline inline __attribute__((always_inline))
#define outlined static __attribute__((noinline))
#define outlined_in_opencl inline
#define restrict __restrict

typedef unsigned int uint;
typedef unsigned long ulong;

typedef float float2 __attribute__((ext_vector_type(2)));
typedef float float4 __attribute__((ext_vector_type(4)));
typedef float float8 __attribute__((ext_vector_type(8)));
typedef float vec __attribute__((ext_vector_type(V)));
typedef int ivec __attribute__((ext_vector_type(V)));

// A vector anywhere a float may lie.
template <class T> struct __attribute__((packed, may_alias)) Unaligned { T value; };
template <class T> inline T load_unaligned(const float *p) {
  return reinterpret_cast<const Unaligned<T> *>(p)->value;
}
template <class T> inline void store_unaligned(T v, float *p) {
  reinterpret_cast<Unaligned<T> *>(p)->value = v;
}
inline void prefetch_line(const float *p) { __builtin_prefetch(p, 0, 2); }
inline vec vector_load(const float *p) { return load_unaligned<vec>(p); }
inline void vector_store(vec v, float *p) { store_unaligned(v, p); }
inline void vector_stream(vec v, float *p) {
  __builtin_nontemporal_store(v, reinterpret_cast<vec *>(p));
}
#define HAS_VECTOR_LOAD_TAIL
#if defined(__x86_64__) && V == 16
inline vec vector_load_tail(long n, const float *p) {
  return _mm512_maskz_loadu_ps(__mmask16((1u << n) - 1), p);
}
#elif defined(__x86_64__) && V == 8
inline __m256i first_lanes(long n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(int(n)), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
inline vec vector_load_tail(long n, const float *p) {
  return _mm256_maskload_ps(p, first_lanes(n));
}
#else
inline vec vector_load_tail(long n, const float *p) {
  float lanes[V] = {};
  for (long i = 0; i < n; i++)
    lanes[i] = p[i];
  return vector_load(lanes);
}
#endif
#ifdef __x86_64__
#if V == 16
#define HAS_VECTOR_STORE_TAIL
inline void vector_store_tail(vec v, long n, float *p) {
  _mm512_mask_storeu_ps(p, __mmask16((1u << n) - 1), v);
}
#elif V == 8
#define HAS_VECTOR_STORE_TAIL
inline void vector_store_tail(vec v, long n, float *p) {
  _mm256_maskstore_ps(p, first_lanes(n), v);
}
#endif
#endif
inline float4 vload4(long offset, const float *p) { return load_unaligned<float4>(p + 4 * offset); }
inline void vstore2(float2 v, long offset, float *p) { store_unaligned(v, p + 2 * offset); }
inline void vstore4(float4 v, long offset, float *p) { store_unaligned(v, p + 4 * offset); }
inline void vstore8(float8 v, long offset, float *p) { store_unaligned(v, p + 8 * offset); }

inline ivec to_ivec(vec x) { return __builtin_convertvector(__builtin_elementwise_rint(x), ivec); }
inline vec vector_from(ivec x) { return __builtin_convertvector(x, vec); }
inline vec as_vec(ivec x) { return __builtin_bit_cast(vec, x); }

#if defined(__x86_64__) && V == 4
// Without FMA an exact one is a call for each lane.
inline vec fma(vec a, vec b, vec c) { return a * b + c; }
#else
inline vec fma(vec a, vec b, vec c) { return __builtin_elementwise_fma(a, b, c); }
#endif
inline vec fmax(vec a, vec b) { return __builtin_elementwise_max(a, b); }
inline vec fmin(vec a, vec b) { return __builtin_elementwise_min(a, b); }
inline vec sqrt(vec x) { return __builtin_elementwise_sqrt(x); }
inline float sqrt(float x) { return __builtin_sqrtf(x); }
inline float fmax(float a, float b) { return __builtin_fmaxf(a, b); }
inline float fmin(float a, float b) { return __builtin_fminf(a, b); }
inline float exp(float x) { return __builtin_expf(x); }
inline float log(float x) { return __builtin_logf(x); }
inline int min(int a, int b) { return a < b ? a : b; }
inline int max(int a, int b) { return a > b ? a : b; }
inline long min(long a, long b) { return a < b ? a : b; }
#undef INFINITY
#define INFINITY __builtin_inff()

// One work-item per group, one dimension: the item that this thread is running.
static thread_local int current_item __attribute__((tls_model("initial-exec")));
inline int get_global_id(int) { return current_item; }
inline int get_group_id(int) { return current_item; }
inline int get_local_id(int) { return 0; }
inline int get_local_size(int) { return 1; }

// Items that run on one thread share its scratch, which stays in that core's caches.
inline int scratch_slot(int) { return native_worker; }

// Each kernel of an instruction set, by name, with its parameters taken from slots of eight bytes;
// those of other packages are among them.
struct Registration {
  const char *name;
  native_kernel run;
  Registration *next;
  static Registration *all;
  Registration(const char *name, native_kernel run) : name(name), run(run), next(all) {
    all = this;
  }
};

template <class T> inline T parameter(const uint64_t *slot) {
  T value;
  __builtin_memcpy(&value, slot, sizeof(T));
  return value;
}
template <auto Kernel, class... Types, unsigned long... I>
inline void call(void (*)(Types...), const uint64_t *slots,
                 std::integer_sequence<unsigned long, I...>) {
  Kernel(parameter<Types>(slots + I)...);
}
template <class... Types> constexpr auto argument_indices(void (*)(Types...)) {
  return std::make_index_sequence<sizeof...(Types)>{};
}
template <auto Kernel> void run_items(const uint64_t *slots, int32_t first, int32_t last) {
  for (int32_t item = first; item < last; item++) {
    current_item = item;
    call<Kernel>(Kernel, slots, argument_indices(Kernel));
  }
}
// What follows a kernel's name where it is compiled once more.
#define NATIVE_SUFFIX ""
#define NATIVE(name)                                                                               \
  static Registration JOIN(registration_, name)(STRING(name) NATIVE_SUFFIX, &run_items<&name>);
#define STRING(x) STRING_(x)
#define STRING_(x) #x
