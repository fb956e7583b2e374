// Counts of a table's objects.
#ifndef COUNTED_CALLS_H
#define COUNTED_CALLS_H

#include "opencl_table.h"

/// Puts calls that count before those that make objects or let go of them.
void opencl_count_objects(opencl_table *table);

#endif
