#include "ifma.h"
#include "lanes.h"
#if defined(__x86_64__)

/// Moves carries up so that all limbs but the last are below 2^52.
LANES void normaliseLong(__m512i *limbs, int count) {
  const __m512i m = mask52();
  for (int i = 0; i + 1 < count; i++) {
    limbs[i + 1] = _mm512_add_epi64(limbs[i + 1], _mm512_srli_epi64(limbs[i], 52));
    limbs[i] = _mm512_and_si512(limbs[i], m);
  }
}

/// The sum over all lanes of `count` normalised limbs of 52 bits, as twelve words.
LANES void sumOfLanes(uint64_t words[12], const __m512i *limbs, int count) {
  for (int i = 0; i < 12; i++) words[i] = 0;
  for (int i = 0; i < count; i++) {
    const uint64_t limb = (uint64_t)_mm512_reduce_add_epi64(limbs[i]);
    Wide carry = (Wide)limb << (52 * i % 64);
    for (int k = 52 * i / 64; k < 12 && carry != 0; k++) {
      carry += words[k];
      words[k] = (uint64_t)carry;
      carry >>= 64;
    }
  }
}

/// words + 2^256 words' + ... modulo p, times `scale` / R for the lowest four words, `scale` for the next, and so on:
/// the sum over k of words_k scale R^(k - 1), for `scale` of 1 (an integer) or R mod p.
static Element reducedWords(const uint64_t words[12], bool divideByRadix, const FieldConstants *field) {
  const Element one = {{1, 0, 0, 0}}, radix = loadElement(field->radix), squared = loadElement(field->radixSquared);
  const Element low = loadElement(words), middle = loadElement(words + 4), high = loadElement(words + 8);
  if (divideByRadix) {
    const Element sum = addElements(multiplyElements(one, low, field), multiplyElements(radix, middle, field), field);
    return addElements(sum, multiplyElements(squared, high, field), field);
  }
  // Sums of products with machine integers stay below 2^512.
  return addElements(multiplyElements(radix, low, field), multiplyElements(squared, middle, field), field);
}

WIDE_VECTORS void ifmaDot(
    uint64_t *out, const uint64_t *left, const uint64_t *right, size_t count, const FieldConstants *field) {
  __m512i sum[11];
  for (int i = 0; i < 11; i++) sum[i] = _mm512_setzero_si512();
  size_t i = 0;
  while (i < 4 * count) {
    // Each pass adds at most 10 terms below 2^52 to a limb below 2^52, so 256 passes stay below 2^64.
    const size_t end = i + 32 * 256 < 4 * count ? i + 32 * 256 : 4 * count;
    for (; i < end; i += 32) {
      const Lanes a = loadLanes(left + i), b = loadLanes(right + i);
      for (int j = 0; j < 5; j++)
        for (int k = 0; k < 5; k++) {
          sum[j + k] = _mm512_madd52lo_epu64(sum[j + k], a.limb[j], b.limb[k]);
          sum[j + k + 1] = _mm512_madd52hi_epu64(sum[j + k + 1], a.limb[j], b.limb[k]);
        }
    }
    normaliseLong(sum, 11);
  }
  uint64_t words[12];
  sumOfLanes(words, sum, 11);
  storeElement(out, reducedWords(words, true, field));
}

WIDE_VECTORS bool ifmaDotSmall(
    uint64_t *out, const uint64_t *values, const int64_t *integers, size_t count, const FieldConstants *field) {
  // With w = v + 2^51 in [0, 2^52): the sum of value v is that of value w less 2^51 times that of the values.
  const __m512i offset = _mm512_set1_epi64(1ll << 51), order = _mm512_setr_epi64(0, 2, 1, 3, 4, 6, 5, 7);
  __m512i sum[7], total[6], outside = _mm512_setzero_si512();
  for (int i = 0; i < 7; i++) sum[i] = _mm512_setzero_si512();
  for (int i = 0; i < 6; i++) total[i] = _mm512_setzero_si512();
  size_t i = 0;
  while (i < count) {
    // Each pass adds at most two terms below 2^52 to a limb below 2^52, so 1024 passes stay below 2^64.
    const size_t end = i + 8 * 1024 < count ? i + 8 * 1024 : count;
    for (; i < end; i += 8) {
      const Lanes a = loadLanes(values + 4 * i);
      const __m512i v = _mm512_permutexvar_epi64(order, _mm512_loadu_si512(integers + i));
      const __m512i w = _mm512_add_epi64(v, offset);
      outside = _mm512_or_si512(outside, _mm512_srli_epi64(w, 52));
      for (int k = 0; k < 5; k++) {
        sum[k] = _mm512_madd52lo_epu64(sum[k], a.limb[k], w);
        sum[k + 1] = _mm512_madd52hi_epu64(sum[k + 1], a.limb[k], w);
        total[k] = _mm512_add_epi64(total[k], a.limb[k]);
      }
    }
    normaliseLong(sum, 7);
    normaliseLong(total, 6);
  }
  if (_mm512_test_epi64_mask(outside, outside) != 0) return false;
  uint64_t words[12];
  sumOfLanes(words, sum, 7);
  const Element shifted = reducedWords(words, false, field);
  sumOfLanes(words, total, 6);
  const Element shift51 = {{1ull << 51, 0, 0, 0}};
  const Element factor = multiplyElements(loadElement(field->radixSquared), shift51, field);
  const Element excess = multiplyElements(reducedWords(words, false, field), factor, field);
  storeElement(out, subtractElements(shifted, excess, field));
  return true;
}
#endif
