// Gradients of depthwise convolutions of the usual sizes.
#include "depthwise_backward.h"

DEPTHWISE_BACKWARD(3)
DEPTHWISE_BACKWARD(5)
