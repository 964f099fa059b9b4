package import Algebra
package import Commitment
package import Transcript

/// The argument that committed vectors satisfy a batch of relations: Spartan with all matrices evaluated by the verifier,
/// revealing nothing of the vectors.
///
/// 0. Commitments to a random mask (`MaskLayout`), and the sum of its polynomial g over all rows.
/// 1. A sumcheck over the rows: the sum over relations of a random weight times
///    sum_b eq(rowPoint, b) ((A z)(b) (B z)(b) - output(b)) = rowValue,  output = u C z + E,
///    plus a random multiple of g. It ends in masked values of (A z)~ and (B z)~ at one point r_x for every relation, and in
///    one claim about all outputs and g together, whose value follows from them and the last message.
/// 2. The value of a random combination of all chunks at random points, which binds every single chunk.
/// 3. A sumcheck over the k variables of a chunk: all these claims and the claims about Q, with random weights, as inner
///    products of the chunks with public vectors (`RelationCoefficients`), masked by the mask's last chunks.
/// 4. One opening at its point r_k: of the combination of all chunks by the public vectors' values there, which the
///    verifier evaluates itself. No chunk's own value is shown.
///
/// The verifier's one equation is that of the opening, and everything it is shown is uniform and independent of the
/// vectors (Docs/Security.md). Everything public about the claims must be in the transcript before.
///
/// - seealso: Setty, "Spartan", ePrint 2019/550, section 5; Xie et al., "Libra", ePrint 2019/317, section 4.
package struct BatchArgument<C: Curve>: Sendable {
  /// The scalars of the curve.
  package typealias F = C.ScalarField

  /// The relations.
  package let batch: RelationBatch<F>
  /// At least 2^k bases.
  package let generators: Generators<C>
  /// Named in errors.
  package let side: DeciderSide

  /// The argument for a batch.
  package init(batch: RelationBatch<F>, generators: Generators<C>, side: DeciderSide) {
    precondition(generators.logCount >= batch.chunkLog, "Enough generators for a chunk.")
    self.batch = batch
    self.generators = generators
    self.side = side
  }

  /// Proves the claims; nothing is checked, and claims that do not hold give a proof that is refused.
  ///
  /// - Throws: `DeciderError.opening` when a commitment to a mask comes out as infinity, once in 2^250 runs.
  package func prove(
    _ claims: [RelationClaim<C>], vectors: [CommittedVectors<F>], randomness: BatchRandomness<C>,
    transcript: inout ByteTranscript
  ) throws(DeciderError) -> BatchProof<C> {
    precondition(claims.count == batch.relations.count && vectors.count == claims.count, "One claim a relation.")
    // 0. Mask.
    let mask = randomness.mask
    precondition(mask.layout == batch.mask, "Randomness for the batch.")
    let maskCommitments: [AffinePoint<C>]
    do { maskCommitments = try mask.commit(under: generators) } catch { throw .opening(side, error) }
    let maskSum = mask.polynomial.sum
    let outerWeights = outerWeights(maskCommitments, sum: maskSum, &transcript)
    // 1. Rows.
    var rows = MaskedRows(
      rows: rowSummand(claims, vectors: vectors, mask: mask, weights: outerWeights.relations), mask: mask.polynomial,
      weight: outerWeights.mask)
    var outerRounds: [RoundPolynomial<F>] = []
    let rowPoint = Sumcheck.prove(&rows) { message in
      outerRounds.append(message)
      return challenge(after: message, "outer", &transcript)
    }
    let rowValues = rows.rows.parts.map {
      BatchProof<C>.RowValues(left: $0.left.constant, right: $0.right.constant)
    }
    let end = outerEnd(claims, point: rowPoint, weights: outerWeights)
    // 2. Probe.
    let probe = probe(after: rowValues, &transcript)
    let chunks = vectors.flatMap(\.chunks) + mask.chunks.map { VectorChunk($0) }
    let probed = combination(of: chunks, by: probe.weights)
    let last = chunks[chunks.count - 1].vector
    let probeValue = probed.evaluateMultilinear(at: probe.point) + last.evaluateMultilinear(at: probe.secondPoint)
    let weights = entryWeights(after: probeValue, end: end, &transcript)
    // 3. Entries.
    let coefficients = coefficients(claims, end: end, weights: weights)
    func pair(_ coefficients: FieldVector<F>, _ vector: FieldVector<F>) -> InnerProductSummand<F>.Pair {
      InnerProductSummand<F>.Pair(coefficients: coefficients, vector: vector, variableCount: batch.chunkLog)
    }
    var pairs = zip(coefficients, vectors).flatMap { $0.pairs(chunks: $1.chunks) }
    let maskCoefficients = maskCoefficients(end: end, weights: weights)
    for (index, chunk) in mask.chunks.dropLast(2).enumerated() {
      let start = index << batch.chunkLog
      pairs.append(pair(FieldVector(Array(maskCoefficients[start..<(start + chunk.count)])), chunk))
    }
    pairs.append(pair(EqualityPolynomial.table(probe.point, scaledBy: weights.probe), probed))
    pairs.append(pair(EqualityPolynomial.table(probe.secondPoint, scaledBy: weights.probe), last))
    var entries = InnerProductSummand(pairs, variableCount: batch.chunkLog)
    var innerRounds: [RoundPolynomial<F>] = []
    let chunkPoint = Sumcheck.prove(&entries) { message in
      innerRounds.append(message)
      return challenge(after: message, "inner", &transcript)
    }
    // 4. Opening.
    let factors = factors(coefficients, end: end, weights: weights, probe: probe, at: chunkPoint).chunks
    let combined = combination(of: chunks, by: factors)
    let blinder = zip(factors, vectors.flatMap(\.blinders) + mask.blinders).reduce(F.zero) { $0 + $1.0 * $1.1 }
    let opening = InnerProductArgument.prove(
      openingStatement(
        claims, mask: maskCommitments, factors: factors, point: chunkPoint,
        value: combined.evaluateMultilinear(at: chunkPoint)),
      vector: combined, blinder: blinder, randomness: randomness.opening, generators: generators,
      transcript: &transcript)
    return BatchProof(
      maskCommitments: maskCommitments, maskSum: maskSum, outerRounds: outerRounds, rowValues: rowValues,
      probe: probeValue, innerRounds: innerRounds, opening: opening)
  }

  /// Checks a proof of the claims, whose shapes the caller has compared with the batch's.
  ///
  /// - Throws: `DeciderError` naming the side and the check.
  package func verify(
    _ proof: BatchProof<C>, of claims: [RelationClaim<C>], transcript: inout ByteTranscript
  ) throws(DeciderError) {
    try checkShape(of: proof)
    // 0. Mask.
    let outerWeights = outerWeights(proof.maskCommitments, sum: proof.maskSum, &transcript)
    // 1. Rows.
    let rowClaim = zip(outerWeights.relations, claims).reduce(outerWeights.mask * proof.maskSum) {
      $0 + $1.0 * $1.1.rowValue
    }
    let (rowPoint, rowEnd) = Sumcheck.verify(claim: rowClaim, rounds: batch.rowLog) { round in
      (proof.outerRounds[round], challenge(after: proof.outerRounds[round], "outer", &transcript))
    }
    let end = outerEnd(claims, point: rowPoint, weights: outerWeights)
    // What all outputs, weighted, exceed the mask polynomial by.
    let outputs = zip(end.weights, proof.rowValues).reduce(-rowEnd) { $0 + $1.0 * $1.1.left * $1.1.right }
    // 2. Probe.
    let probe = probe(after: proof.rowValues, &transcript)
    let weights = entryWeights(after: proof.probe, end: end, &transcript)
    // 3. Entries.
    let coefficients = coefficients(claims, end: end, weights: weights)
    var entryClaim = weights.output * outputs + weights.probe * proof.probe
    for (index, claim) in claims.enumerated() {
      let (values, weights) = (proof.rowValues[index], weights.relations[index])
      entryClaim += weights.left * values.left + weights.right * values.right
      entryClaim += weights.claim * (claim.claimValue - claim.u * tables(at: claim.claimPoint))
    }
    let (chunkPoint, entryEnd) = Sumcheck.verify(claim: entryClaim, rounds: batch.chunkLog) { round in
      (proof.innerRounds[round], challenge(after: proof.innerRounds[round], "inner", &transcript))
    }
    // 4. Opening.
    let factors = factors(coefficients, end: end, weights: weights, probe: probe, at: chunkPoint)
    let statement = openingStatement(
      claims, mask: proof.maskCommitments, factors: factors.chunks, point: chunkPoint,
      value: entryEnd - factors.publics)
    do {
      try InnerProductArgument.verify(proof.opening, of: statement, generators: generators, transcript: &transcript)
    } catch { throw .opening(side, error) }
  }

  /// The sum of all chunks, each times its factor: 2^k entries.
  private func combination(of chunks: [VectorChunk<F>], by factors: [F]) -> FieldVector<F> {
    precondition(chunks.count == factors.count, "One factor for each chunk.")
    var sum = FieldVector<F>(repeating: .zero, count: 1 << batch.chunkLog)
    for (chunk, factor) in zip(chunks, factors) where !chunk.isEmpty { chunk.add(to: &sum, times: factor) }
    return sum
  }
}
