// 7x7 depthwise convolutions, a program of their own: few networks have them, and a CPU's driver
// takes seconds to compile them.
#include "depthwise_backward.h"
#include "depthwise_forward.h"

DEPTHWISE(7, 1)
DEPTHWISE_BACKWARD(7)
