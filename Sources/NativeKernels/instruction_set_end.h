// Ends what an `instruction_set_*.h` began, and makes room for the next.
}
#pragma clang attribute pop
#undef V
#undef ROWS
#undef COLUMNS
#undef HAS_VECTOR_STORE_TAIL
