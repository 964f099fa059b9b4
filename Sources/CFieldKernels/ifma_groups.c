#include "ifma.h"
#include "point_blocks.h"
#if defined(__x86_64__)

// Sums of sixteen groups of points side by side, a group in every lane. Each round adds the neighbours of all groups
// with one inversion, until every group is one point.

/// Sixteen groups, or the last ones.
typedef struct {
  const FieldPointGroup *groups;
  size_t count;
  /// Lengths, by half and lane.
  int32_t lengths[16];
  /// Where the bundle's blocks and pairs begin, in blocks.
  size_t first;
  /// Blocks that are left.
  size_t blocks;
} Bundle;

/// Where elements 0 ... 7 are after transposeIn.
static const uint8_t laneOfElement[8] = {0, 2, 1, 3, 4, 6, 5, 7};

/// The entries of a bundle, position after position, by lane; a group's first entry where it has no more.
static void arrange(uint32_t *arranged, const Bundle *bundle, const uint32_t *entries) {
  for (size_t i = 0; i < 16; i++) {
    const FieldPointGroup group = bundle->groups[i < bundle->count ? i : 0];
    const size_t length = i < bundle->count ? group.length : 0;
    uint32_t *lane = arranged + i / 8 * 8 + laneOfElement[i % 8];
    for (size_t k = 0; k < 2 * bundle->blocks; k++) lane[16 * k] = entries[group.start + (k < length ? k : 0)];
  }
}

/// Where the points of eight entries are, and which of them are to be negated.
LANES __mmask8 findPoints(const uint64_t *places[8], const uint32_t *entries, const uint64_t *source) {
  for (size_t i = 0; i < 8; i++) places[i] = source + 8 * (size_t)(entries[laneOfElement[i]] >> 1);
  const __m256i some = _mm256_loadu_si256((const __m256i *)entries);
  return _mm256_test_epi32_mask(some, _mm256_set1_epi32(1));
}

/// Asks for the points of a pair of blocks before they are needed, since they are in no order; they may straddle two
/// lines.
LANES void prefetchPoints(const uint32_t *entries, const uint64_t *source) {
  for (size_t i = 0; i < 32; i++) {
    const uint64_t *place = source + 8 * (size_t)(entries[i] >> 1);
    __builtin_prefetch(place);
    __builtin_prefetch(place + 7);
  }
}

/// The x of eight points, and which of them are 0, as that of infinity is.
LANES Lanes gatherX(const uint64_t *const places[8], __mmask8 *zero) {
  __m512i z[4], w[4];
  for (int k = 0; k < 4; k++) {
    const __m512i low = _mm512_castsi256_si512(_mm256_loadu_si256((const __m256i *)places[2 * k]));
    z[k] = _mm512_inserti64x4(low, _mm256_loadu_si256((const __m256i *)places[2 * k + 1]), 1);
  }
  transposeIn(w, z);
  const __m512i any = _mm512_or_si512(_mm512_or_si512(w[0], w[1]), _mm512_or_si512(w[2], w[3]));
  *zero |= _mm512_testn_epi64_mask(any, any);
  return fromWords(w);
}

/// The lanes of a half whose group has more points than this.
LANES __mmask8 longerThan(const int32_t *lengths, size_t length) {
  return _mm256_cmpgt_epi32_mask(_mm256_loadu_si256((const __m256i *)lengths), _mm256_set1_epi32((int)length));
}

/// Memory for all bundles: their blocks; for each pair the product before it and its denominator; and the entries that
/// the first blocks are made of, 32 for each.
typedef struct {
  uint64_t *blocks, *pairs;
  uint32_t *entries;
} Work;

/// Adds the first point of every group to the second, the third to the fourth, and so on.
LANES bool firstRound(
    const Bundle *bundles, size_t count, const uint64_t *source, Work work, const Settling *s,
    const FieldConstants *field) {
  const LaneField *f = &s->field;
  Chain chain = emptyChain();
  const uint64_t *left[8], *right[8];
  __mmask8 zero = 0;
  for (size_t b = count; b-- > 0;) {
    const Bundle *bundle = &bundles[b];
    for (size_t j = bundle->blocks; j-- > 0;) {
      const uint32_t *entries = work.entries + 32 * (bundle->first + j);
      if (bundle->first + j >= 2) prefetchPoints(entries - 64, source);
      TwoLanes denominator;
      EACH_HALF(h) {
        findPoints(left, entries + 8 * h, source);
        findPoints(right, entries + 8 * h + 16, source);
        const Lanes x1 = gatherX(left, &zero), x2 = gatherX(right, &zero);
        const __mmask8 present = longerThan(bundle->lengths + 8 * h, 2 * j + 1);
        denominator.half[h] = withoutAbsent(differenceLazy(x2, x1, f), present);
      }
      extend(&chain, denominator, work.pairs + pairWords * (bundle->first + j), f);
    }
  }
  if (zero != 0 || !invertChain(&chain, f, field)) return false;
  for (size_t b = 0; b < count; b++) {
    const Bundle *bundle = &bundles[b];
    for (size_t j = 0; j < bundle->blocks; j++) {
      const uint32_t *entries = work.entries + 32 * (bundle->first + j);
      Block one, two;
      __mmask8 present[2];
      EACH_HALF(h) {
        const __mmask8 negatedLeft = findPoints(left, entries + 8 * h, source);
        gatherPoints(&one.x.half[h], &one.y.half[h], left);
        one.y.half[h] = negateSome(one.y.half[h], negatedLeft, f);
        const __mmask8 negatedRight = findPoints(right, entries + 8 * h + 16, source);
        gatherPoints(&two.x.half[h], &two.y.half[h], right);
        two.y.half[h] = negateSome(two.y.half[h], negatedRight, f);
        present[h] = longerThan(bundle->lengths + 8 * h, 2 * j + 1);
      }
      const TwoLanes inverses = retract(&chain, work.pairs + pairWords * (bundle->first + j), f);
      addPairs(&one, &two, inverses, present, s);
      storeBlock(work.blocks + blockWords * (bundle->first + j), &one);
    }
  }
  return true;
}

/// Adds neighbouring blocks of the first `count` bundles, in place; what is alone in the end is moved. The places of
/// `stride` points of a group were added to one before.
LANES bool laterRound(
    Bundle *bundles, size_t count, size_t stride, Work work, const Settling *s, const FieldConstants *field) {
  const LaneField *f = &s->field;
  Chain chain = emptyChain();
  for (size_t b = count; b-- > 0;) {
    const Bundle *bundle = &bundles[b];
    for (size_t j = bundle->blocks / 2; j-- > 0;) {
      const uint64_t *left = work.blocks + blockWords * (bundle->first + 2 * j), *right = left + blockWords;
      TwoLanes denominator;
      EACH_HALF(h) {
        const Lanes difference = differenceAbove(loadRaw(right + 80 * h), loadRaw(left + 80 * h), f->twiceModulus);
        const __mmask8 present = longerThan(bundle->lengths + 8 * h, stride * (2 * j + 1));
        denominator.half[h] = withoutAbsent(difference, present);
      }
      extend(&chain, denominator, work.pairs + pairWords * (bundle->first + j), f);
    }
  }
  if (!invertChain(&chain, f, field)) return false;
  for (size_t b = 0; b < count; b++) {
    Bundle *bundle = &bundles[b];
    uint64_t *blocks = work.blocks + blockWords * bundle->first;
    for (size_t j = 0; j < bundle->blocks / 2; j++) {
      Block left, right;
      loadBlock(&left, blocks + blockWords * 2 * j);
      loadBlock(&right, blocks + blockWords * (2 * j + 1));
      __mmask8 present[2];
      EACH_HALF(h) present[h] = longerThan(bundle->lengths + 8 * h, stride * (2 * j + 1));
      const TwoLanes inverses = retract(&chain, work.pairs + pairWords * (bundle->first + j), f);
      addPairs(&left, &right, inverses, present, s);
      storeBlock(blocks + blockWords * j, &left);
    }
    if (bundle->blocks % 2 == 1) {
      Block last;
      loadBlock(&last, blocks + blockWords * (bundle->blocks - 1));
      storeBlock(blocks + blockWords * (bundle->blocks / 2), &last);
    }
    bundle->blocks = (bundle->blocks + 1) / 2;
  }
  return true;
}

/// Stores the sums of a bundle, reduced, at their places.
LANES void storeSums(uint64_t *target, const Bundle *bundle, const Block *sums, const LaneField *f) {
  EACH_HALF(h) {
    __m512i points[8];
    pointsOfHalf(points, sums->x.half[h], sums->y.half[h], f);
    for (size_t i = 0; i < 8 && 8 * (size_t)h + i < bundle->count; i++)
      _mm512_storeu_si512(target + 8 * (size_t)bundle->groups[8 * h + i].place, points[i]);
  }
}

size_t ifmaGroupScratch(const FieldPointGroup *groups, size_t count) {
  size_t blocks = 0;
  for (size_t i = 0; i < count; i += 16) blocks += (groups[i].length + 1) / 2;
  return (count + 15) / 16 * (sizeof(Bundle) / 8) + 8 + (blockWords + pairWords + 16) * blocks;
}

WIDE_VECTORS bool ifmaSumGroups(
    uint64_t *target, const uint64_t *source, const uint32_t *entries, const FieldPointGroup *groups, size_t count,
    uint64_t *scratch, const FieldConstants *field) {
  const Settling s = settling(field);
  const size_t bundleCount = (count + 15) / 16;
  // Scratch memory: the bundles, then blocks and pairs on whole lines.
  Bundle *bundles = (Bundle *)scratch;
  size_t blocks = 0;
  for (size_t b = 0; b < bundleCount; b++) {
    Bundle *bundle = &bundles[b];
    bundle->groups = groups + 16 * b;
    bundle->count = count - 16 * b < 16 ? count - 16 * b : 16;
    for (size_t i = 0; i < 16; i++)
      bundle->lengths[i / 8 * 8 + laneOfElement[i % 8]] = i < bundle->count ? (int32_t)bundle->groups[i].length : 0;
    bundle->first = blocks;
    bundle->blocks = (bundle->groups[0].length + 1) / 2;
    blocks += bundle->blocks;
  }
  Work work;
  work.blocks = (uint64_t *)(((uintptr_t)(bundles + bundleCount) + 63) & ~(uintptr_t)63);
  work.pairs = work.blocks + blockWords * blocks;
  work.entries = (uint32_t *)(work.pairs + pairWords * blocks);
  for (size_t b = 0; b < bundleCount; b++) arrange(work.entries + 32 * bundles[b].first, &bundles[b], entries);
  if (!firstRound(bundles, bundleCount, source, work, &s, field)) return false;
  for (size_t stride = 2;; stride *= 2) {
    // The groups come by falling length.
    size_t open = 0;
    while (open < bundleCount && bundles[open].blocks > 1) open++;
    if (open == 0) break;
    if (!laterRound(bundles, open, stride, work, &s, field)) return false;
  }
  for (size_t b = 0; b < bundleCount; b++) {
    Block sums;
    loadBlock(&sums, work.blocks + blockWords * bundles[b].first);
    storeSums(target, &bundles[b], &sums, &s.field);
  }
  return true;
}
#endif
