// Updates of the whole parameter block in one launch. Weight decay touches only the first
// `decayed` parameters (a multiple of V: the block is padded between its two parts). Gradients are
// taken times the number at `scale`, where there is one: a clipped length's.

kernel void sgd(const int items, global float *p, const long p_at, global const float *g,
                const long g_at, global const float *scale, const long scale_at, global float *m,
                const long m_at, const long count, const int per_item, const long decayed,
                const float rate, const float momentum, const float decay, const int nesterov) {
  p += p_at;
  g += g_at;
  m += m_at;
  const float kept = scale ? scale[scale_at] : 1.0f;
  FOR_EACH_VECTOR(i, count) {
    const vec pv = vector_load(p + i);
    const vec gv = fma(pv, (vec)(i < decayed ? decay : 0.0f), vector_load(g + i) * kept);
    const vec mv = fma(vector_load(m + i), (vec)(momentum), gv);
    const vec step = nesterov ? fma(mv, (vec)(momentum), gv) : mv;
    vector_store_part(mv, count - i, m + i);
    vector_store_part(fma(step, (vec)(-rate), pv), count - i, p + i);
  }
}
NATIVE(sgd)

// Mean square s, then momentum on the scaled gradient (PyTorch's RMSprop).
kernel void rmsprop(const int items, global float *p, const long p_at, global const float *g,
                    const long g_at, global const float *scale, const long scale_at,
                    global float *m, const long m_at, global float *s, const long s_at,
                    const long count, const int per_item, const long decayed, const float rate,
                    const float momentum, const float smoothing, const float epsilon,
                    const float decay) {
  p += p_at;
  g += g_at;
  m += m_at;
  s += s_at;
  const float kept = scale ? scale[scale_at] : 1.0f;
  FOR_EACH_VECTOR(i, count) {
    const vec pv = vector_load(p + i);
    const vec gv = fma(pv, (vec)(i < decayed ? decay : 0.0f), vector_load(g + i) * kept);
    const vec sv = fma(vector_load(s + i), (vec)(smoothing), gv * gv * (1.0f - smoothing));
    const vec mv = fma(vector_load(m + i), (vec)(momentum), gv / (sqrt(sv) + epsilon));
    vector_store_part(sv, count - i, s + i);
    vector_store_part(mv, count - i, m + i);
    vector_store_part(fma(mv, (vec)(-rate), pv), count - i, p + i);
  }
}
NATIVE(rmsprop)

// Kingma & Ba 2015, algorithm 1; `rate` and `epsilon` carry the bias corrections, and the decay is
// added to the gradient (PyTorch's Adam).
kernel void adam(const int items, global float *p, const long p_at, global const float *g,
                 const long g_at, global const float *scale, const long scale_at, global float *m,
                 const long m_at, global float *s, const long s_at, const long count,
                 const int per_item, const long decayed, const float rate, const float beta1,
                 const float beta2, const float epsilon, const float decay) {
  p += p_at;
  g += g_at;
  m += m_at;
  s += s_at;
  const float kept = scale ? scale[scale_at] : 1.0f;
  FOR_EACH_VECTOR(i, count) {
    const vec pv = vector_load(p + i);
    const vec gv = fma(pv, (vec)(i < decayed ? decay : 0.0f), vector_load(g + i) * kept);
    const vec mv = fma(vector_load(m + i), (vec)(beta1), gv * (1.0f - beta1));
    const vec sv = fma(vector_load(s + i), (vec)(beta2), gv * gv * (1.0f - beta2));
    vector_store_part(mv, count - i, m + i);
    vector_store_part(sv, count - i, s + i);
    vector_store_part(pv - rate * mv / (sqrt(sv) + epsilon), count - i, p + i);
  }
}
NATIVE(adam)

// The exponential moving average a of parameters p: a += (p - a) * part.
kernel void moving_average(const int items, global float *a, const long a_at, global const float *p,
                           const long p_at, const long count, const int per_item,
                           const float part) {
  a += a_at;
  p += p_at;
  FOR_EACH_VECTOR(i, count) {
    const vec av = vector_load(a + i);
    vector_store_part(fma(vector_load(p + i) - av, (vec)(part), av), count - i, a + i);
  }
}
NATIVE(moving_average)
