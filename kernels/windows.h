// Windows of images as the rows of a matrix, copied one by one.
#ifndef WINDOWS_H
#define WINDOWS_H

#include "reading.h"

// How output positions see the input: a row of the matrix for each position (n, oy, ox), a column
// for each (ky, kx, channel). Pixels of the input are `x_row` floats apart.
typedef struct {
  int in_height, in_width, x_row, out_height, out_width, kernel_y, kernel_x, depth;
  Gather gy, gx;
} Window;

// One window: all taps of a row of the kernel lie together in memory.
inline void read_window(Reading r, Window w, long image, int oy, int ox, global float *out) {
  const int left = ox * w.gx.mul + w.gx.shift, run = w.kernel_x * w.depth;
  const int lo = max(0, -left), hi = min(w.kernel_x, w.in_width - left);
  for (int ky = 0; ky < w.kernel_y; ky++, out += run) {
    const int iy = oy * w.gy.mul + w.gy.shift + ky;
    const int inside = iy >= 0 && iy < w.in_height;
    if (!inside || lo > 0 || hi < w.kernel_x)
      for (int i = 0; i < run; i += V)
        vector_store((vec)(0.0f), out + i);
    if (!inside)
      continue;
    global const element *from = r.x + image + ((long)iy * w.in_width + left) * w.depth;
    for (int i = lo * w.depth; i < hi * w.depth; i++)
      out[i] = element_number(from + i);
  }
}

// `count` windows `step` floats apart, each of `rows` runs of up to four floats, `line` floats
// apart: run by run, noughts for those outside [first, last).
inline void read_narrow_windows(global const element *from, int line, int step, int run, int rows,
                                int first, int last, int count, global float *out, int out_row) {
  for (int ky = 0; ky < rows; ky++, from += line, out += run) {
    const int is_inside = ky >= first && ky < last;
    for (int i = 0; is_inside && i < count; i++)
      vstore4(element_load4(from + i * step), 0, out + i * out_row);
    for (int i = 0; !is_inside && i < count; i++)
      vstore4((float4)(0.0f), 0, out + i * out_row);
  }
}

// As many of the `count` windows from (oy, ox) on as lie side by side within the image, perhaps
// none; narrow ones may reach over its upper and lower edge.
inline int read_inner_windows(Reading r, Window w, long image, int oy, int ox, int count,
                              global float *out, int out_row) {
  const int top = oy * w.gy.mul + w.gy.shift, left = ox * w.gx.mul + w.gx.shift;
  const int right = w.in_width - w.kernel_x - left, run = w.kernel_x * w.depth;
  const int is_narrow = run <= 4 && (w.kernel_y - 1) * run + 4 <= out_row;
  if (left < 0 || right < 0 || (!is_narrow && (top < 0 || top + w.kernel_y > w.in_height)))
    return 0;
  const int inner = min(min(count, w.out_width - ox), right / w.gx.mul + 1);
  const int line = w.in_width * w.depth, step = w.gx.mul * w.depth;
  global const element *from = r.x + image + ((long)top * w.in_width + left) * w.depth;
  if (is_narrow)
    read_narrow_windows(from, line, step, run, w.kernel_y, -top, w.in_height - top, inner, out,
                        out_row);
  else
    for (int i = 0; i < inner; i++, from += step, out += out_row)
      for (int ky = 0; ky < w.kernel_y; ky++)
        for (int j = 0; j < run; j += V)
          vector_store(element_load(from + ky * line + j), out + ky * run + j);
  return inner;
}

// Any window's columns [p_first, p_last), tap by tap.
inline void read_taps(Reading r, Window w, long image, int oy, int ox, int p_first, int p_last,
                      global float *out) {
  for (int tap = p_first / w.depth; tap * w.depth < p_last; tap++) {
    const int c = max(p_first - tap * w.depth, 0), c_end = min(p_last - tap * w.depth, w.depth);
    const int iy = gather_position(oy, tap / w.kernel_x, w.in_height, w.gy);
    const int ix = gather_position(ox, tap % w.kernel_x, w.in_width, w.gx);
    const Span to = {out, 0, V};
    if (iy >= 0 && ix >= 0)
      read_spans(r, image + ((long)iy * w.in_width + ix) * w.x_row, 0, 1, c, c_end - c, to);
    else
      for (int k = 0; k < c_end - c; k += V)
        vector_store((vec)(0.0f), out + k);
    out += c_end - c;
  }
}

// Rows [first, first + count), columns [p_first, p_last) of that matrix, to `panel`.
outlined_in_opencl void read_panel(Reading r, Window w, int first, int count, int p_first,
                                   int p_last, global float *panel, int panel_row) {
  const int taps = w.kernel_y * w.kernel_x;
  if (taps == 1 && w.gy.mul == 1 && w.gy.div == 1 && w.gy.shift == 0) {
    const Span out = {panel, panel_row, V};
    read_spans(r, (long)first * w.x_row, w.x_row, count, p_first, p_last - p_first, out);
    return;
  }
  const int is_run = r.view == AS_IS && w.gx.div == 1 && w.gx.step == 1 && w.x_row == w.depth &&
                     p_first == 0 && p_last == taps * w.depth;
  int n = first / (w.out_height * w.out_width);
  int oy = first / w.out_width % w.out_height, ox = first % w.out_width;
  for (int i = 0, read = 1; i < count; i += read) {
    global float *out = panel + (long)i * panel_row;
    const long image = (long)n * w.in_height * w.in_width * w.x_row;
    read = is_run ? read_inner_windows(r, w, image, oy, ox, count - i, out, panel_row) : 0;
    if (!read) {
      read = 1;
      if (is_run)
        read_window(r, w, image, oy, ox, out);
      else
        read_taps(r, w, image, oy, ox, p_first, p_last, out);
    }
    ox += read;
    if (ox == w.out_width) {
      ox = 0;
      if (++oy == w.out_height) {
        oy = 0;
        n++;
      }
    }
  }
}

#endif
