// Begins what is compiled for NEON; `instruction_set_end.h` ends it.
#define V 4
#define ROWS 8
#define COLUMNS 2
#pragma clang attribute push
namespace neon {
