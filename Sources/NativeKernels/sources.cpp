// The kernel files' texts, for OpenCL's compilers.
#include "native_kernels.h"

#include <vector>

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
TEXT(element_header)
#embed "../../kernels/element.h"
END_TEXT
TEXT(batch_norm_header)
#embed "../../kernels/batch_norm.h"
END_TEXT
TEXT(reduce_header)
#embed "../../kernels/reduce.h"
END_TEXT
TEXT(reading_header)
#embed "../../kernels/reading.h"
END_TEXT
TEXT(finish_header)
#embed "../../kernels/finish.h"
END_TEXT
TEXT(finish_pixels)
#embed "../../kernels/finish_pixels.h"
END_TEXT
TEXT(row_ring)
#embed "../../kernels/row_ring.h"
END_TEXT
TEXT(upcoming)
#embed "../../kernels/upcoming.h"
END_TEXT
TEXT(depthwise_header)
#embed "../../kernels/depthwise.h"
END_TEXT
TEXT(depthwise_backward_header)
#embed "../../kernels/depthwise_backward.h"
END_TEXT
TEXT(depthwise_forward_header)
#embed "../../kernels/depthwise_forward.h"
END_TEXT
TEXT(matrix_tile)
#embed "../../kernels/matrix_tile.h"
END_TEXT
TEXT(windows_header)
#embed "../../kernels/windows.h"
END_TEXT
TEXT(window_ring_header)
#embed "../../kernels/window_ring.h"
END_TEXT
TEXT(group_header)
#embed "../../kernels/group.h"
END_TEXT
TEXT(group_product_header)
#embed "../../kernels/group_product.h"
END_TEXT
TEXT(group_depthwise_header)
#embed "../../kernels/group_depthwise.h"
END_TEXT
TEXT(batch_norm)
#embed "../../kernels/batch_norm.cl"
END_TEXT
TEXT(ceilings)
#embed "../../kernels/ceilings.cl"
END_TEXT
TEXT(convolution)
#embed "../../kernels/convolution.cl"
END_TEXT
TEXT(convolution_backward)
#embed "../../kernels/convolution_backward.cl"
END_TEXT
TEXT(depthwise)
#embed "../../kernels/depthwise.cl"
END_TEXT
TEXT(depthwise_7x7)
#embed "../../kernels/depthwise_7x7.cl"
END_TEXT
TEXT(depthwise_backward)
#embed "../../kernels/depthwise_backward.cl"
END_TEXT
TEXT(depthwise_gather)
#embed "../../kernels/depthwise_gather.cl"
END_TEXT
TEXT(elementwise)
#embed "../../kernels/elementwise.cl"
END_TEXT
TEXT(group_convolution)
#embed "../../kernels/group_convolution.cl"
END_TEXT
TEXT(group_depthwise)
#embed "../../kernels/group_depthwise.cl"
END_TEXT
TEXT(group_depthwise_weights)
#embed "../../kernels/group_depthwise_weights.cl"
END_TEXT
TEXT(group_sums)
#embed "../../kernels/group_sums.cl"
END_TEXT
TEXT(group_weights)
#embed "../../kernels/group_weights.cl"
END_TEXT
TEXT(mixture)
#embed "../../kernels/mixture.cl"
END_TEXT
TEXT(optimizers)
#embed "../../kernels/optimizers.cl"
END_TEXT
TEXT(pooling)
#embed "../../kernels/pooling.cl"
END_TEXT
TEXT(reading)
#embed "../../kernels/reading.cl"
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
TEXT(squeeze_excitation)
#embed "../../kernels/squeeze_excitation.cl"
END_TEXT

#define KERNELS(name)                                                                              \
  { #name ".cl", name }
const native_kernel_source sources[] = {
    {"prelude.h", prelude},
    {"element.h", element_header},
    {"reading.h", reading_header},
    {"finish.h", finish_header},
    {"finish_pixels.h", finish_pixels},
    {"matrix_tile.h", matrix_tile},
    {"windows.h", windows_header},
    {"window_ring.h", window_ring_header},
    {"row_ring.h", row_ring},
    {"upcoming.h", upcoming},
    {"depthwise.h", depthwise_header},
    {"depthwise_backward.h", depthwise_backward_header},
    {"depthwise_forward.h", depthwise_forward_header},
    {"batch_norm.h", batch_norm_header},
    {"reduce.h", reduce_header},
    {"group.h", group_header},
    {"group_product.h", group_product_header},
    {"group_depthwise.h", group_depthwise_header},
    KERNELS(batch_norm),
    KERNELS(ceilings),
    KERNELS(convolution),
    KERNELS(convolution_backward),
    KERNELS(depthwise),
    KERNELS(depthwise_7x7),
    KERNELS(depthwise_backward),
    KERNELS(depthwise_gather),
    KERNELS(elementwise),
    KERNELS(group_convolution),
    KERNELS(group_depthwise),
    KERNELS(group_depthwise_weights),
    KERNELS(group_sums),
    KERNELS(group_weights),
    KERNELS(mixture),
    KERNELS(optimizers),
    KERNELS(pooling),
    KERNELS(reading),
    KERNELS(reduce),
    KERNELS(resize),
    KERNELS(softmax),
    KERNELS(squeeze_excitation),
};

// Other packages'. Theirs are taken in before `main`, maybe before this file's own variables.
std::vector<native_kernel_source> &added() {
  static std::vector<native_kernel_source> shared;
  return shared;
}

const int32_t count = sizeof(sources) / sizeof(sources[0]);
} // namespace

int32_t native_kernel_source_count(void) { return count + int32_t(added().size()); }

native_kernel_source native_kernel_source_at(int32_t index) {
  return index < count ? sources[index] : added()[size_t(index - count)];
}

void native_kernel_source_add(native_kernel_source source) { added().push_back(source); }
