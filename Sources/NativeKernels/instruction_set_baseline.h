// Begins what is compiled for any processor of the architecture (SSE2 on x86-64);
// `instruction_set_end.h` ends it.
#define V 4
#define ROWS 4
#define COLUMNS 2
#pragma clang attribute push
namespace baseline {
