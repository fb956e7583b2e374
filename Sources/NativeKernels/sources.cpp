// The kernel files' texts, for OpenCL's compilers.
#include "native_kernels.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

namespace {
#define TEXT(symbol) const char symbol[] = {
#define END_TEXT                                                                                   \
  , 0                                                                                              \
  }                                                                                                \
  ;
TEXT(prelude)
#embed "../../kernels/prelude.h"
END_TEXT
TEXT(batch_norm)
#embed "../../kernels/batch_norm.cl"
END_TEXT
TEXT(ceilings)
#embed "../../kernels/ceilings.cl"
END_TEXT
TEXT(channel_scale)
#embed "../../kernels/channel_scale.cl"
END_TEXT
TEXT(convolution)
#embed "../../kernels/convolution.cl"
END_TEXT
TEXT(depthwise)
#embed "../../kernels/depthwise.cl"
END_TEXT
TEXT(depthwise_weights)
#embed "../../kernels/depthwise_weights.cl"
END_TEXT
TEXT(elementwise)
#embed "../../kernels/elementwise.cl"
END_TEXT
TEXT(matmul)
#embed "../../kernels/matmul.cl"
END_TEXT
TEXT(optimizers)
#embed "../../kernels/optimizers.cl"
END_TEXT
TEXT(pooling)
#embed "../../kernels/pooling.cl"
END_TEXT
TEXT(reduce)
#embed "../../kernels/reduce.cl"
END_TEXT
TEXT(resize)
#embed "../../kernels/resize.cl"
END_TEXT
TEXT(softmax)
#embed "../../kernels/softmax.cl"
END_TEXT

#define SOURCE(name)                                                                               \
  { #name, name }
const native_kernel_source sources[] = {
    SOURCE(prelude),     SOURCE(batch_norm), SOURCE(ceilings),          SOURCE(channel_scale),
    SOURCE(convolution), SOURCE(depthwise),  SOURCE(depthwise_weights), SOURCE(elementwise),
    SOURCE(matmul),      SOURCE(optimizers), SOURCE(pooling),           SOURCE(reduce),
    SOURCE(resize),      SOURCE(softmax),
};
} // namespace

int32_t native_kernel_source_count(void) { return sizeof(sources) / sizeof(sources[0]); }

native_kernel_source native_kernel_source_at(int32_t index) { return sources[index]; }
