// Asking for what is read next while something else is computed: some lines with every part of it,
// since many at once hold up the arithmetic until memory has taken them. They come to the second
// cache: only a few can be on their way to the first.
#ifndef UPCOMING_H
#define UPCOMING_H

// Up to three ranges; none where all is nought.
typedef struct {
  global const float *p[3];
  // Floats that are left, and those of a part.
  int left[3], part[3];
} Upcoming;

// n floats from p on become range i, in `parts` parts.
inline void ask_for(Upcoming *next, int i, global const void *p, int n, int parts) {
  next->p[i] = (global const float *)p;
  next->left[i] = n;
  next->part[i] = (n / parts + 16) / 16 * 16;
}

// A part of each of the first `ranges` ranges.
inline void ask_for_part(const int ranges, Upcoming *next) {
#pragma unroll
  for (int i = 0; i < ranges; i++)
    if (next->left[i] > 0) {
      for (int k = 0; k < min(next->part[i], next->left[i]); k += 16)
        prefetch_line(next->p[i] + k);
      next->p[i] += next->part[i];
      next->left[i] -= next->part[i];
    }
}

#endif
