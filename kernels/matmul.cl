// Matrix products: 1x1 convolutions, linear layers and their gradients.
//
// A tile of ROWS x `vectors` vectors stays in registers while it walks the inner dimension; for
// each step it loads `vectors` vectors of B and broadcasts ROWS values of A.

// acc[r][v] += a[r][p] * b[p][v] for p in 0..<depth.
inline void matmul_tile(const int vectors, global const float *const *a, int a_column,
                        global const float *b, int b_row, int depth, vec acc[ROWS][COLUMNS]) {
  for (int p = 0; p < depth; p++) {
    vec bv[COLUMNS];
#pragma unroll
    for (int v = 0; v < vectors; v++)
      bv[v] = vector_load(b + (long)p * b_row + v * V);
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
      const vec av = (vec)(a[r][(long)p * a_column]);
#pragma unroll
      for (int v = 0; v < vectors; v++)
        acc[r][v] = fma(av, bv[v], acc[r][v]);
    }
  }
}

// One work-item's rows: `row_blocks` tiles one below the other.
inline void matmul_item(const int vectors, global const float *a, int a_row, int a_column,
                        global const float *b, int b_row, global float *c, int c_row, int rows,
                        int columns, int depth, global const float *bias, int accumulate,
                        int row_blocks) {
  for (int block = 0; block < row_blocks && block * ROWS < rows; block++) {
    const int first = block * ROWS;
    global const float *ar[ROWS];
    vec acc[ROWS][COLUMNS];
#pragma unroll
    for (int r = 0; r < ROWS; r++) {
      ar[r] = a + (long)min(first + r, rows - 1) * a_row;
#pragma unroll
      for (int v = 0; v < vectors; v++)
        acc[r][v] = bias ? vector_load(bias + v * V) : (vec)(0.0f);
    }
    matmul_tile(vectors, ar, a_column, b, b_row, depth, acc);
#pragma unroll
    for (int r = 0; r < ROWS; r++)
      if (first + r < rows) {
#pragma unroll
        for (int v = 0; v < vectors; v++)
          if (v * V < columns)
            vector_put(acc[r][v], columns - v * V, c + (long)(first + r) * c_row + v * V,
                       accumulate);
      }
  }
}

// C[i,j] (+)= bias[j] + sum over p of A[i*a_row + p*a_column] * B[p*b_row + j].
// The inner dimension is cut into splits of `split_depth`; split s writes at c + s*c_split.
// Work-items: splits x row groups (row_blocks*ROWS rows) x column tiles (vectors*V columns).
kernel void matmul(const int items, global const float *a, const long a_at, const int a_row,
                   const int a_column, global const float *b, const long b_at, const int b_row,
                   global float *c, const long c_at, const int c_row, const long c_split,
                   global const float *bias, const long bias_at, const int rows, const int columns,
                   const int depth, const int split_depth, const int row_blocks, const int vectors,
                   const int accumulate) {
  ITEM(item);
  const int column_tiles = (columns + vectors * V - 1) / (vectors * V);
  const int row_groups = (rows + row_blocks * ROWS - 1) / (row_blocks * ROWS);
  const int column = item % column_tiles * vectors * V;
  const int row = item / column_tiles % row_groups * row_blocks * ROWS;
  const int split = item / column_tiles / row_groups;
  const int first = split * split_depth;
  a += a_at + (long)row * a_row + (long)first * a_column;
  b += b_at + (long)first * b_row + column;
  c += c_at + split * c_split + (long)row * c_row + column;
  if (bias)
    bias += bias_at + column;
  const int n = min(split_depth, depth - first);
#define MATMUL_ITEM(count)                                                                         \
  matmul_item(count, a, a_row, a_column, b, b_row, c, c_row, rows - row, columns - column, n,      \
              bias, accumulate, row_blocks)
  // The last column tile may be narrower.
  const int width = min(vectors, (columns - column + V - 1) / V);
  if (width == 1)
    MATMUL_ITEM(1);
#if COLUMNS >= 2
  else if (width == 2)
    MATMUL_ITEM(2);
#endif
#if COLUMNS >= 3
  else
    MATMUL_ITEM(3);
#endif
}
NATIVE(matmul)

// Transposes matrices: out[m][j][i] = in[m*in_matrix + i*in_row + j], i < rows, j < columns.
kernel void transpose(const int items, global const float *x, const long x_at, const int x_row,
                      const int x_matrix_row, const int x_matrix_column, const int matrix_columns,
                      global float *y, const long y_at, const int rows, const int columns) {
  ITEM(item); // matrix x column
  const int m = item / columns, j = item % columns;
  x += x_at + (long)(m / matrix_columns) * x_matrix_row +
       (long)(m % matrix_columns) * x_matrix_column;
  y += y_at + ((long)m * columns + j) * rows;
  for (int i = 0; i < rows; i++)
    y[i] = x[(long)i * x_row + j];
}
NATIVE(transpose)
