// The kernel file of another package, compiled under the instruction set that is begun.
#include "native.h"

#include "../../kernels/prelude.h"

#include KERNEL_FILE
