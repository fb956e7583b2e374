// Softmax and its cross-entropy, a work-item per row of logits [rows, classes].

inline float log_sum_exp(global const float *x, int classes) {
  float top = x[0];
  for (int c = 1; c < classes; c++)
    top = fmax(top, x[c]);
  float sum = 0.0f;
  for (int c = 0; c < classes; c++)
    sum += exp(x[c] - top);
  return top + log(sum);
}

kernel void softmax(const int items, global const float *x, const long x_at, global float *y,
                    const long y_at, const int classes) {
  ITEM(row);
  x += x_at + (long)row * classes;
  y += y_at + (long)row * classes;
  const float norm = log_sum_exp(x, classes);
  for (int c = 0; c < classes; c++)
    y[c] = exp(x[c] - norm);
}
NATIVE(softmax)

kernel void softmax_gradient(const int items, global const float *y, const long y_at,
                             global const float *dy, const long dy_at, global float *dx,
                             const long dx_at, const int classes, const int accumulate) {
  ITEM(row);
  y += y_at + (long)row * classes;
  dy += dy_at + (long)row * classes;
  dx += dx_at + (long)row * classes;
  float dot = 0.0f;
  for (int c = 0; c < classes; c++)
    dot += y[c] * dy[c];
  for (int c = 0; c < classes; c++) {
    const float d = y[c] * (dy[c] - dot);
    dx[c] = accumulate ? dx[c] + d : d;
  }
}
NATIVE(softmax_gradient)

// The target probability of class c: given, or a hard label smoothed over all classes.
inline float target(global const float *targets, int row, int c, int classes, int hard,
                    float smoothing) {
  if (!hard)
    return targets[(long)row * classes + c];
  return smoothing / (float)classes + (targets[row] == (float)c ? 1.0f - smoothing : 0.0f);
}

// loss[row] = -sum target * log softmax.
kernel void cross_entropy(const int items, global const float *x, const long x_at,
                          global const float *targets, const long targets_at, global float *loss,
                          const long loss_at, const int classes, const int hard,
                          const float smoothing) {
  ITEM(row);
  x += x_at + (long)row * classes;
  const float norm = log_sum_exp(x, classes);
  float sum = 0.0f;
  for (int c = 0; c < classes; c++)
    sum += target(targets + targets_at, row, c, classes, hard, smoothing) * (norm - x[c]);
  loss[loss_at + row] = sum;
}
NATIVE(cross_entropy)

// dx (+)= dloss[row] * (softmax * sum of targets - target).
kernel void cross_entropy_gradient(const int items, global const float *x, const long x_at,
                                   global const float *targets, const long targets_at,
                                   global const float *dloss, const long dloss_at, global float *dx,
                                   const long dx_at, const int classes, const int hard,
                                   const float smoothing, const int accumulate) {
  ITEM(row);
  x += x_at + (long)row * classes;
  dx += dx_at + (long)row * classes;
  targets += targets_at;
  const float norm = log_sum_exp(x, classes), g = dloss[dloss_at + row];
  float total = 0.0f;
  for (int c = 0; c < classes; c++)
    total += target(targets, row, c, classes, hard, smoothing);
  for (int c = 0; c < classes; c++) {
    const float d =
        g * (exp(x[c] - norm) * total - target(targets, row, c, classes, hard, smoothing));
    dx[c] = accumulate ? dx[c] + d : d;
  }
}
NATIVE(cross_entropy_gradient)

// correct[row] = 1 where the first largest logit is the label's.
kernel void top1(const int items, global const float *x, const long x_at,
                 global const float *labels, const long labels_at, global float *correct,
                 const long correct_at, const int classes) {
  ITEM(row);
  x += x_at + (long)row * classes;
  int best = 0;
  for (int c = 1; c < classes; c++)
    best = x[c] > x[best] ? c : best;
  correct[correct_at + row] = (float)best == labels[labels_at + row] ? 1.0f : 0.0f;
}
NATIVE(top1)
