import Algebra
import Commitment
import ConstraintSystem
import Transcript

// What prover and verifier of a batch do alike, and the prover's tables.

extension BatchArgument {
  /// A sumcheck round: the message is absorbed, the challenge squeezed.
  func challenge(after message: RoundPolynomial<F>, _ name: String, _ transcript: inout ByteTranscript) -> F {
    transcript.absorb(message.coefficients, as: name + " round")
    return transcript.challenge(as: name + " challenge")
  }

  /// The rows' end values are absorbed.
  func absorb(_ rowValues: [BatchProof<C>.RowValues], _ transcript: inout ByteTranscript) {
    transcript.absorb(rowValues.flatMap { [$0.left, $0.right, $0.output] }, as: "row values")
  }

  /// Independent weights for the four claims of every relation.
  func claimWeights(_ transcript: inout ByteTranscript) -> [RelationCoefficients<F>.Weights] {
    batch.relations.map { _ in
      let weights: [F] = transcript.challenges(4, as: "claim weights")
      return RelationCoefficients.Weights(left: weights[0], right: weights[1], output: weights[2], claim: weights[3])
    }
  }

  /// The public vectors of every relation.
  func coefficients(
    _ claims: [RelationClaim<C>], rowPoint: [F], weights: [RelationCoefficients<F>.Weights]
  ) -> [RelationCoefficients<F>] {
    claims.indices.map { index in
      RelationCoefficients(
        key: batch.relations[index], chunkLog: batch.chunkLog, weights: weights[index], publics: claims[index].publics,
        points: (rowPoint, claims[index].claimPoint))
    }
  }

  /// The sum of all tables' contributions to Q~(point) when u = 1.
  func tables(at point: [F]) -> F {
    batch.tables.reduce(F.zero) { $0 + $1.evaluated(at: point) }
  }

  /// One power of a challenge for every chunk of every relation.
  func openingWeights(_ transcript: inout ByteTranscript) -> [F] {
    let base: F = transcript.challenge(as: "chunk weights")
    var powers = [F.one]
    while powers.count < batch.chunkCount { powers.append(powers[powers.count - 1] * base) }
    return powers
  }

  /// The combination of all chunks takes the combination of their values.
  func openingStatement(
    _ claims: [RelationClaim<C>], chunkValues: [[F]], point: [F], weights: [F]
  ) -> OpeningStatement<C> {
    let points = claims.flatMap(\.commitments)
    let values = chunkValues.flatMap { $0 }
    precondition(points.count == weights.count && values.count == weights.count, "One weight for each chunk.")
    return OpeningStatement(
      commitment: C.multiScalarMultiplication(weights, points).affine, point: point,
      value: zip(weights, values).reduce(F.zero) { $0 + $1.0 * $1.1 })
  }

  /// The rows' tables of all relations.
  func rowSummand(
    _ claims: [RelationClaim<C>], vectors: [CommittedVectors<F>], weights: [F]
  ) -> RowSummand<F> {
    let parts = claims.indices.map { index in
      let (claim, relation, chunks) = (claims[index], batch.relations[index], vectors[index].chunks)
      let products = relation.rowProducts(publics: claim.publics) { chunk, entry in
        entry < chunks[chunk].count ? chunks[chunk][entry] : .zero
      }
      var output = FieldVector(products.c)
      output.scale(by: claim.u)
      for (placement, chunk) in zip(relation.chunks, chunks) {
        guard case .errors(let row) = placement.role else { continue }
        for entry in 0..<min(placement.length, chunk.count) { output[row + entry] += chunk[entry] }
      }
      return RowSummand<F>.Part(
        weights: EqualityPolynomial.table(claim.rowPoint, scaledBy: weights[index]), left: FieldVector(products.a),
        right: FieldVector(products.b), output: output, variableCount: batch.rowLog)
    }
    return RowSummand(parts, variableCount: batch.rowLog)
  }

  /// Every list of a proof has the key's length, every message its degree.
  func checkShape(of proof: BatchProof<C>) throws(DeciderError) {
    guard proof.outerRounds.count == batch.rowLog, proof.innerRounds.count == batch.chunkLog,
      proof.rowValues.count == batch.relations.count,
      proof.chunkValues.map(\.count) == batch.relations.map(\.chunks.count)
    else { throw .proofShape(side) }
    for (round, message) in proof.outerRounds.enumerated() {
      guard message.coefficients.count == RowSummand<F>.degree else { throw .outerSumcheck(side, round: round) }
    }
    for (round, message) in proof.innerRounds.enumerated() {
      guard message.coefficients.count == InnerProductSummand<F>.degree else {
        throw .innerSumcheck(side, round: round)
      }
    }
  }
}
