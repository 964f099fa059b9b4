#include "ifma.h"
#include "point_blocks.h"
#if defined(__x86_64__)

// The same addition on many blocks of sixteen points, with one inversion in all.

WIDE_VECTORS void ifmaLoadBlocks(uint64_t *blocks, const uint64_t *points, size_t count) {
  for (size_t first = 0; first < count; first += 16) {
    Block block;
    EACH_HALF(h) {
      const uint64_t *places[8];
      // The last point fills the last block.
      for (size_t i = 0; i < 8; i++) {
        const size_t index = first + 8 * (size_t)h + i;
        places[i] = points + 8 * (index < count ? index : count - 1);
      }
      gatherPoints(&block.x.half[h], &block.y.half[h], places);
    }
    storeBlock(blocks + first / 16 * blockWords, &block);
  }
}

WIDE_VECTORS void ifmaStoreBlocks(
    uint64_t *points, const uint64_t *blocks, size_t count, const FieldConstants *field) {
  const LaneField f = laneField(field);
  for (size_t first = 0; first < count; first += 16) {
    Block block;
    loadBlock(&block, blocks + first / 16 * blockWords);
    EACH_HALF(h) {
      __m512i eight[8];
      pointsOfHalf(eight, block.x.half[h], block.y.half[h], &f);
      for (size_t i = 0; i < 8 && first + 8 * (size_t)h + i < count; i++)
        _mm512_storeu_si512(points + 8 * (first + 8 * (size_t)h + i), eight[i]);
    }
  }
}

WIDE_VECTORS void ifmaScaleBlocks(
    uint64_t *out, const uint64_t *blocks, const uint64_t *factor, size_t count, const FieldConstants *field) {
  const Settling s = settling(field);
  const Lanes c = broadcastTimes16(factor);
  for (size_t i = 0; i < count; i++) {
    Block block;
    loadBlock(&block, blocks + blockWords * i);
    block.x = scaleRawTwo(block.x, c, &s.field);
    EACH_HALF(h) block.x.half[h] = settle(block.x.half[h], &s);
    storeBlock(out + blockWords * i, &block);
  }
}

/// 3 x^2, normalised.
LANES Lanes tripleSquare(Lanes x, const LaneField *f) {
  Lanes x16 = x;
  for (int i = 0; i < 5; i++) x16.limb[i] = _mm512_slli_epi64(x16.limb[i], 4);
  const Lanes square = multiplyRaw(x, normalise(x16), f);
  return normalise(addRaw(addRaw(square, square), square));
}

WIDE_VECTORS bool ifmaDoubleBlocks(uint64_t *blocks, size_t count, uint64_t *scratch, const FieldConstants *field) {
  const Settling s = settling(field);
  const LaneField *f = &s.field;
  Chain chain = emptyChain();
  for (size_t i = count; i-- > 0;) {
    TwoLanes twice;
    EACH_HALF(h) {
      const Lanes y = loadRaw(blocks + blockWords * i + 80 * h + 40);
      twice.half[h] = normalise(addRaw(y, y));
    }
    extend(&chain, twice, scratch + pairWords * i, f);
  }
  // No finite point has y = 0, but infinity has.
  if (!invertChain(&chain, f, field)) return false;
  for (size_t i = 0; i < count; i++) {
    Block block;
    TwoLanes numerators;
    loadBlock(&block, blocks + blockWords * i);
    EACH_HALF(h) numerators.half[h] = tripleSquare(block.x.half[h], f);
    const TwoLanes inverses = retract(&chain, scratch + pairWords * i, f);
    advance(&block, &block.x, numerators, inverses, &s);
    storeBlock(blocks + blockWords * i, &block);
  }
  return true;
}

WIDE_VECTORS bool ifmaAddBlocks(
    uint64_t *blocks, const uint64_t *addends, bool negated, size_t count, uint64_t *scratch,
    const FieldConstants *field) {
  const Settling s = settling(field);
  const LaneField *f = &s.field;
  Chain chain = emptyChain();
  for (size_t i = count; i-- > 0;) {
    TwoLanes difference;
    EACH_HALF(h) {
      const size_t place = blockWords * i + 80 * h;
      difference.half[h] = differenceAbove(loadRaw(addends + place), loadRaw(blocks + place), f->twiceModulus);
    }
    extend(&chain, difference, scratch + pairWords * i, f);
  }
  if (!invertChain(&chain, f, field)) return false;
  for (size_t i = 0; i < count; i++) {
    Block block, addend;
    TwoLanes numerators;
    loadBlock(&block, blocks + blockWords * i);
    loadBlock(&addend, addends + blockWords * i);
    EACH_HALF(h) {
      // What is subtracted for a negated addend is y1 + y2, below 3p.
      const Lanes own = block.y.half[h], other = addend.y.half[h];
      const Lanes rise = negated ? subtractRaw(subtractRaw(s.threeTimes, own), other) : subtractRaw(other, own);
      numerators.half[h] = normalise(negated ? rise : addRaw(rise, f->twiceModulus));
    }
    const TwoLanes inverses = retract(&chain, scratch + pairWords * i, f);
    advance(&block, &addend.x, numerators, inverses, &s);
    storeBlock(blocks + blockWords * i, &block);
  }
  return true;
}
#endif
