#include "ifma.h"
#include "lanes.h"
#if defined(__x86_64__)

/// Replaces one limb of the sixteen rows by that of their differences: of row r, over all subsets of its bits.
LANES void differences(__m512i rows[16][5], int limb) {
  __m512i v[16];
  for (int r = 0; r < 16; r++) v[r] = rows[r][limb];
#pragma clang loop unroll(full)
  for (int bit = 1; bit < 16; bit *= 2) {
#pragma clang loop unroll(full)
    for (int r = 0; r < 16; r++)
      if (r & bit) v[r] = _mm512_sub_epi64(v[r], v[r ^ bit]);
  }
  for (int r = 0; r < 16; r++) rows[r][limb] = v[r];
}

WIDE_VECTORS void ifmaBindRows(
    uint64_t *out, size_t outStride, const uint64_t *values, size_t stride, const uint64_t *products, size_t count,
    const FieldConstants *field) {
  const LaneField f = laneField(field);
  uint64_t factors[16][5][5];
  for (int r = 1; r < 16; r++)
    for (int k = 0; k <= __builtin_popcount(r); k++) limbsTimes16Reduced(factors[r][k], products + 20 * r + 4 * k, field);
  for (size_t i = 0; i < count; i += 8) {
    __m512i rows[16][5];
    for (int r = 0; r < 16; r++) {
      const Lanes row = loadLanes(values + 4 * (stride * r + i));
      for (int l = 0; l < 5; l++) rows[r][l] = row.limb[l];
    }
    for (int l = 0; l < 5; l++) differences(rows, l);
    // The difference of row r has 2^(s - 1) values on either side, s being the bits of r: with as many moduli it is
    // between 0 and 2^s p.
    for (int r = 1; r < 16; r++) {
      const unsigned shift = (unsigned)__builtin_popcount(r) - 1;
      Lanes a;
      for (int l = 0; l < 5; l++)
        a.limb[l] = _mm512_add_epi64(rows[r][l], _mm512_slli_epi64(f.modulus.limb[l], shift));
      a = normalise(a);
      for (int l = 0; l < 5; l++) rows[r][l] = a.limb[l];
    }
    for (int k = 0; k < 5; k++) {
      __m512i c[10];
      for (int j = 0; j < 10; j++) c[j] = _mm512_setzero_si512();
      // At most 15 rows with ten terms for a limb. The sum is below (3^4 - 1) p^2: divided by 2^260 it is below 2.5 p.
      for (int r = 1; r < 16; r++) {
        if (__builtin_popcount(r) < k) continue;
        const uint64_t *factor = factors[r][k];
#pragma clang loop unroll(full)
        for (int j = 0; j < 5; j++) {
          const __m512i b = _mm512_set1_epi64((long long)factor[j]);
#pragma clang loop unroll(full)
          for (int l = 0; l < 5; l++) {
            c[j + l] = _mm512_madd52lo_epu64(c[j + l], rows[r][l], b);
            c[j + l + 1] = _mm512_madd52hi_epu64(c[j + l + 1], rows[r][l], b);
          }
        }
      }
      Lanes sum = reduceRaw(c, &f);
      if (k == 0)
        for (int l = 0; l < 5; l++) sum.limb[l] = _mm512_add_epi64(sum.limb[l], rows[0][l]);
      // Below 4.5 p.
      sum = subtractIfNotBelow(normalise(sum), f.twiceModulus);
      sum = subtractIfNotBelow(subtractIfNotBelow(sum, f.twiceModulus), f.modulus);
      storeLanes(out + 4 * (outStride * k + i), sum);
    }
  }
}
#endif
