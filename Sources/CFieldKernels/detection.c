#include "CFieldKernels.h"

bool fieldKernelsHaveIFMA(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512ifma") && __builtin_cpu_supports("avx512f") &&
         __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
#else
  return false;
#endif
}
