// Vector kernels over 256-bit prime fields in Montgomery form, four little-endian 64-bit limbs an element.
// Every function gives bit-identical results on every path (portable, AVX-512 IFMA); the path is chosen at run time.
#ifndef C_FIELD_KERNELS_H
#define C_FIELD_KERNELS_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether this processor has the AVX-512 IFMA path.
bool fieldKernelsHaveIFMA(void);

#endif
