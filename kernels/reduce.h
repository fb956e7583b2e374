// Where the sums of splits go: an item adds them up (reduce.cl), or a work-group (group_sums.cl).
#ifndef REDUCE_H
#define REDUCE_H

#define SUM_PARTIALS_PARAMETERS                                                                    \
  const int items, global const float *partial, const long partial_at, const int splits,           \
      const long split_stride, global float *out, const long out_at, const int size_j,             \
      const int size_k, const int stride_i, const int stride_j, const int stride_k,                \
      const int columns, const int accumulate
#define SUM_PARTIALS_OUTPUT                                                                        \
  out + out_at, size_j, size_k, stride_i, stride_j, stride_k, columns, accumulate

// To row (i,j,k) of a slice with strides.
inline void store_sum(global float *out, int size_j, int size_k, int stride_i, int stride_j,
                      int stride_k, int columns, int accumulate, int row, int c, vec sum) {
  const int k = row % size_k, j = row / size_k % size_j, i = row / size_k / size_j;
  out += (long)i * stride_i + (long)j * stride_j + (long)k * stride_k + c;
  vector_put(sum, columns - c, out, accumulate);
}

#endif
