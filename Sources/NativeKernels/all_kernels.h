// Every kernel file of ours, compiled under the instruction set of whoever includes this.
#include "native.h"
#include "native_half.h"

#include "../../kernels/prelude.h"

#include "../../kernels/batch_norm.cl"
#include "../../kernels/ceilings.cl"
#include "../../kernels/convolution.cl"
#include "../../kernels/convolution_backward.cl"
#include "../../kernels/depthwise.cl"
#include "../../kernels/depthwise_7x7.cl"
#include "../../kernels/depthwise_backward.cl"
#include "../../kernels/depthwise_gather.cl"
#include "../../kernels/elementwise.cl"
#include "../../kernels/mixture.cl"
#include "../../kernels/optimizers.cl"
#include "../../kernels/pooling.cl"
#include "../../kernels/reading.cl"
#include "../../kernels/reduce.cl"
#include "../../kernels/resize.cl"
#include "../../kernels/softmax.cl"
#include "../../kernels/squeeze_excitation.cl"

// Those that read or write activations, for activations of halves.
#define HALVES
#undef NATIVE_SUFFIX
#define NATIVE_SUFFIX "_halves"
#undef ELEMENT_H
#undef READING_H
#undef FINISH_H
#undef FINISH_PIXELS_H
#undef ROW_RING_H
#undef DEPTHWISE_H
#undef DEPTHWISE_BACKWARD_H
#undef DEPTHWISE_FORWARD_H
#undef MATRIX_TILE_H
#undef WINDOWS_H
#undef WINDOW_RING_H
namespace halves {
#include "../../kernels/batch_norm.cl"
#include "../../kernels/convolution.cl"
#include "../../kernels/convolution_backward.cl"
#include "../../kernels/depthwise.cl"
#include "../../kernels/depthwise_7x7.cl"
#include "../../kernels/depthwise_backward.cl"
#include "../../kernels/reading.cl"
#include "../../kernels/squeeze_excitation.cl"
} // namespace halves

Registration *Registration::all = nullptr;

native_kernel kernel_named(const char *name) {
  for (Registration *r = Registration::all; r; r = r->next)
    if (strcmp(r->name, name) == 0)
      return r->run;
  return nullptr;
}
