import Algebra

/// The weights with which the original bases and coefficients enter the folded ones.
///
/// Round j, with inverse challenge 1 / t_j, halves by the highest remaining bit: base i enters G'_p, p being the low
/// bits of i, with the product of 1 / t_j over the rounds whose bit of i is set.
struct FoldedWeights<F: PrimeField> {
  /// The weights of the 2^rounds blocks of bases.
  private let blocks: [F]
  /// The coefficients b' left after all rounds.
  private let coefficients: FieldVector<F>

  /// The weights after rounds with these inverse challenges, the highest bit's first, for b = eq(point, .).
  init(inverses: [F], point: [F]) {
    precondition(inverses.count <= point.count, "At most as many rounds as coordinates.")
    var blocks = [F.one]
    for inverse in inverses.reversed() { blocks += blocks.map { $0 * inverse } }
    self.blocks = blocks
    var factor = F.one
    for (inverse, coordinate) in zip(inverses, point.reversed()) {
      factor *= F.one - coordinate + inverse * coordinate
    }
    coefficients = EqualityPolynomial.table(Array(point.dropLast(inverses.count)), scaledBy: factor)
  }

  /// <vector, b'>.
  func evaluation(of vector: [F]) -> F {
    precondition(vector.count == coefficients.count, "One entry for each folded coefficient.")
    return coefficients.dot(FieldVector(vector))
  }

  /// The scalars that make <vector, G'> a combination of the original bases.
  func baseScalars(of vector: [F]) -> [F] {
    precondition(vector.count == coefficients.count, "One entry for each folded base.")
    return blockwiseProducts(blocks, vector)
  }
}

/// Every product of a block's weight and a vector's entry, block after block; the vector's length is a power of two.
func blockwiseProducts<F: PrimeField>(_ blocks: [F], _ vector: [F]) -> [F] {
  let (mask, shift) = (vector.count - 1, vector.count.trailingZeroBitCount)
  return Parallel.map(count: blocks.count * vector.count, minimumChunk: 2048) { index in
    blocks[index >> shift] * vector[index & mask]
  }
}
