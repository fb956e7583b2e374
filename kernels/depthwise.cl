// Depthwise convolutions of the usual sizes.
#include "depthwise_forward.h"

DEPTHWISE(3, 1)
DEPTHWISE(5, DEPTHWISE_ROWS)
