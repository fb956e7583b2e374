// Squared ReLU (So and others 2021): y = max(x, 0)^2.

kernel void squared_relu(const int items, global const float *x, const long x_at, global float *y,
                         const long y_at, const long count, const int per_item) {
  FOR_EACH_VECTOR(i, count) {
    const vec positive = fmax(vector_load(x + x_at + i), (vec)(0.0f));
    vector_store_part(positive * positive, count - i, y + y_at + i);
  }
}
NATIVE(squared_relu)

// dx (+)= dy * 2 max(x, 0).
kernel void squared_relu_gradient(const int items, global const float *x, const long x_at,
                                  global const float *dy, const long dy_at, global float *dx,
                                  const long dx_at, const long count, const int per_item,
                                  const int accumulate) {
  FOR_EACH_VECTOR(i, count) {
    const vec slope = 2.0f * fmax(vector_load(x + x_at + i), (vec)(0.0f));
    vector_put(vector_load(dy + dy_at + i) * slope, count - i, dx + dx_at + i, accumulate);
  }
}
NATIVE(squared_relu_gradient)
