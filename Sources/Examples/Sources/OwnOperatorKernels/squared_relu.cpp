#define KERNEL_FILE "squared_relu.cl"
#include "kernel_file.h"

KERNEL_TEXT
#embed "include/squared_relu.cl"
END_KERNEL_TEXT
