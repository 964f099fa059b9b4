import Algebra

/// The prover's state between rounds: the folded vector and coefficients, and the weights of the original bases.
struct VectorFolding<C: Curve> {
  typealias F = C.ScalarField

  /// v, halved every round.
  private(set) var vector: FieldVector<F>
  /// b, halved every round.
  private var coefficients: FieldVector<F>
  /// The original bases, or what they were last folded into.
  private var bases: [AffinePoint<C>]
  /// For every block of `vector.count` of `bases`, its weight in the folded bases.
  private var blocks: [F]
  /// xi, which multiplies values on the evaluation base.
  private let valueFactor: F
  private let generators: Generators<C>

  /// The state before the first round; a shorter vector is extended by zeros.
  init(vector: FieldVector<F>, point: [F], generators: Generators<C>, valueFactor: F) {
    var full = FieldVector<F>(repeating: .zero, count: 1 << point.count)
    full += vector
    self.vector = full
    self.coefficients = EqualityPolynomial.table(point)
    self.bases = Array(generators.bases[..<full.count])
    self.blocks = [.one]
    self.valueFactor = valueFactor
    self.generators = generators
  }

  /// Three rounds multiply by their weights within multi-scalar multiplications; then folding the bases pays.
  private static var blocksToFold: Int { 8 }
  /// Vectors below this length are not worth it.
  private static var shortestFolded: Int { 64 }

  /// L and R of the next round.
  func crossTerms(leftBlinder: F, rightBlinder: F) -> InnerProductProof<C>.Round {
    let (low, high) = halves(vector)
    let (lowCoefficients, highCoefficients) = halves(coefficients)
    let points = Parallel.mapTasks(count: 2) { side in
      side == 0
        ? combination(of: low, over: .odd, value: low.dot(highCoefficients), blinder: leftBlinder)
        : combination(of: high, over: .even, value: high.dot(lowCoefficients), blinder: rightBlinder)
    }
    return InnerProductProof.Round(left: points[0], right: points[1])
  }

  /// Halves everything with a challenge.
  mutating func fold(_ challenge: F, inverse: F) {
    let (low, high) = halves(vector)
    let (lowCoefficients, highCoefficients) = halves(coefficients)
    vector = low
    vector.addScaled(high, by: challenge)
    coefficients = lowCoefficients
    coefficients.addScaled(highCoefficients, by: inverse)
    blocks = blocks.flatMap { [$0, $0 * inverse] }
    if blocks.count == Self.blocksToFold && vector.count >= Self.shortestFolded {
      bases = C.folded(bases, weights: blocks)
      blocks = [.one]
    }
  }

  /// <values, G'> + <values, b'> U + blinder K, over the folded bases and coefficients.
  func commit(_ values: FieldVector<F>, blinder: F) -> AffinePoint<C> {
    combination(of: values, over: .all, value: values.dot(coefficients), blinder: blinder)
  }

  /// Which of the blocks of `values.count` original bases take part.
  private enum Blocks { case all, even, odd }

  /// sum over the chosen blocks of weight * <values, bases of the block>, plus value U + blinder K.
  private func combination(of values: FieldVector<F>, over choice: Blocks, value: F, blinder: F) -> AffinePoint<C> {
    let (bases, length) = (bases, values.count)
    let stride = choice == .all ? length : 2 * length
    let offset = choice == .odd ? length : 0
    var chosen: [AffinePoint<C>] = []
    chosen.reserveCapacity(blocks.count * length)
    for block in blocks.indices { chosen += bases[(block * stride + offset)..<(block * stride + offset + length)] }
    let tail = C.multiScalarMultiplication(
      [valueFactor * value, blinder], [generators.evaluationBase, generators.blindingBase])
    return (C.multiScalarMultiplication(blockwiseProducts(blocks, values.elements), chosen) + tail).affine
  }

  /// The entries with highest bit 0 and 1.
  private func halves(_ vector: FieldVector<F>) -> (low: FieldVector<F>, high: FieldVector<F>) {
    let half = vector.count / 2
    return (FieldVector(Array(vector.elements[..<half])), FieldVector(Array(vector.elements[half...])))
  }
}
