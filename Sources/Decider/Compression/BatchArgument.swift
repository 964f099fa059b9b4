package import Algebra
package import Commitment
package import Transcript

/// The argument that committed vectors satisfy a batch of relations: Spartan with all matrices evaluated by the verifier.
///
/// 1. A sumcheck over the rows: sum over relations of a random weight times
///    sum_b eq(rowPoint, b) ((A z)(b) (B z)(b) - output(b)) = rowValue,  output = u C z + E.
///    It ends in claims about (A z)~, (B z)~ and output~ at one point r_x for every relation.
/// 2. A sumcheck over the k variables of a chunk: these claims and the claims about Q, with random weights, as inner
///    products of the chunks with public vectors (`RelationCoefficients`).
/// 3. The values of all chunks at its point r_k; the verifier evaluates the public vectors itself.
/// 4. One opening of a random combination of all chunks at r_k.
///
/// Everything public about the claims must be in the transcript before.
///
/// - seealso: Setty, "Spartan", ePrint 2019/550, section 5.
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
  package func prove(
    _ claims: [RelationClaim<C>], vectors: [CommittedVectors<F>], randomness: InnerProductArgument<C>.Randomness,
    transcript: inout ByteTranscript
  ) -> BatchProof<C> {
    precondition(claims.count == batch.relations.count && vectors.count == claims.count, "One claim a relation.")
    // 1. Rows.
    let relationWeights: [F] = transcript.challenges(claims.count, as: "relation weights")
    var rows = rowSummand(claims, vectors: vectors, weights: relationWeights)
    var outerRounds: [RoundPolynomial<F>] = []
    let rowPoint = Sumcheck.prove(&rows) { message in
      outerRounds.append(message)
      return challenge(after: message, "outer", &transcript)
    }
    let rowValues = rows.parts.map {
      BatchProof<C>.RowValues(left: $0.left.constant, right: $0.right.constant, output: $0.output.constant)
    }
    absorb(rowValues, &transcript)
    // 2. Entries.
    let coefficients = coefficients(claims, rowPoint: rowPoint, weights: claimWeights(&transcript))
    let pairs = zip(coefficients, vectors).flatMap { $0.pairs(chunks: $1.chunks) }
    var entries = InnerProductSummand(pairs, variableCount: batch.chunkLog)
    var innerRounds: [RoundPolynomial<F>] = []
    let chunkPoint = Sumcheck.prove(&entries) { message in
      innerRounds.append(message)
      return challenge(after: message, "inner", &transcript)
    }
    // 3. Values of the chunks.
    let chunkValues = vectors.map { $0.chunks.map { $0.evaluateMultilinear(at: chunkPoint) } }
    transcript.absorb(chunkValues.flatMap { $0 }, as: "chunk values")
    // 4. Opening.
    let powers = openingWeights(&transcript)
    var combined = FieldVector<F>(repeating: .zero, count: 1 << batch.chunkLog)
    for (power, chunk) in zip(powers, vectors.flatMap(\.chunks)) { combined.addScaled(chunk, by: power) }
    let blinder = zip(powers, vectors.flatMap(\.blinders)).reduce(F.zero) { $0 + $1.0 * $1.1 }
    let opening = InnerProductArgument.prove(
      openingStatement(claims, chunkValues: chunkValues, point: chunkPoint, weights: powers),
      vector: combined, blinder: blinder, randomness: randomness, generators: generators, transcript: &transcript)
    return BatchProof(
      outerRounds: outerRounds, rowValues: rowValues, innerRounds: innerRounds, chunkValues: chunkValues,
      opening: opening)
  }

  /// Checks a proof of the claims, whose shapes the caller has compared with the batch's.
  ///
  /// - Throws: `DeciderError` naming the side and the check.
  package func verify(
    _ proof: BatchProof<C>, of claims: [RelationClaim<C>], transcript: inout ByteTranscript
  ) throws(DeciderError) {
    try checkShape(of: proof)
    // 1. Rows.
    let relationWeights: [F] = transcript.challenges(claims.count, as: "relation weights")
    let rowClaim = zip(relationWeights, claims).reduce(F.zero) { $0 + $1.0 * $1.1.rowValue }
    let (rowPoint, rowEnd) = Sumcheck.verify(claim: rowClaim, rounds: batch.rowLog) { round in
      (proof.outerRounds[round], challenge(after: proof.outerRounds[round], "outer", &transcript))
    }
    var expected = F.zero
    for index in claims.indices {
      let values = proof.rowValues[index]
      let weight = relationWeights[index] * EqualityPolynomial.evaluate(claims[index].rowPoint, rowPoint)
      expected += weight * (values.left * values.right - values.output)
    }
    guard expected == rowEnd else { throw .outerFinal(side) }
    absorb(proof.rowValues, &transcript)
    // 2. Entries.
    let weights = claimWeights(&transcript)
    let coefficients = coefficients(claims, rowPoint: rowPoint, weights: weights)
    let entryClaim = claims.indices.reduce(F.zero) { sum, index in
      let (values, weights, claim) = (proof.rowValues[index], weights[index], claims[index])
      let rows = weights.left * values.left + weights.right * values.right + weights.output * values.output
      return sum + rows + weights.claim * (claim.claimValue - claim.u * tables(at: claim.claimPoint))
    }
    let (chunkPoint, entryEnd) = Sumcheck.verify(claim: entryClaim, rounds: batch.chunkLog) { round in
      (proof.innerRounds[round], challenge(after: proof.innerRounds[round], "inner", &transcript))
    }
    // 3. Values of the chunks.
    let found = claims.indices.reduce(F.zero) { sum, index in
      sum + coefficients[index].evaluated(at: chunkPoint, chunkValues: proof.chunkValues[index])
    }
    guard found == entryEnd else { throw .innerFinal(side) }
    transcript.absorb(proof.chunkValues.flatMap { $0 }, as: "chunk values")
    // 4. Opening.
    let statement = openingStatement(
      claims, chunkValues: proof.chunkValues, point: chunkPoint, weights: openingWeights(&transcript))
    do {
      try InnerProductArgument.verify(proof.opening, of: statement, generators: generators, transcript: &transcript)
    } catch { throw .opening(side, error) }
  }
}
