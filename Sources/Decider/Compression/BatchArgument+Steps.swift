import Algebra
import Commitment
import ConstraintSystem
import Transcript

// What prover and verifier of a batch do alike, and the prover's tables.

/// What the outer sumcheck leaves for the inner one.
struct OuterEnd<F: PrimeField> {
  /// The point of the rows (r_x).
  let point: [F]
  /// What each relation's a b - c is multiplied with there: its random weight times eq of its own point and r_x.
  let weights: [F]
  /// The weight of the mask polynomial.
  let maskWeight: F
}

/// Where a random combination of all chunks is evaluated before the inner sumcheck.
struct Probe<F: PrimeField> {
  /// The point of all chunks.
  let point: [F]
  /// A second point, of the last chunk alone.
  let secondPoint: [F]
  /// The weight of every chunk, in the order of all relations' chunks, then the mask's.
  let weights: [F]
}

/// The random weights of the inner sumcheck's claims.
struct EntryWeights<F: PrimeField> {
  /// Those of every relation, `output` times its weight in the outer sumcheck.
  let relations: [RelationCoefficients<F>.Weights]
  /// That of the one claim about all outputs and the mask polynomial.
  let output: F
  /// That of the probe.
  let probe: F
}

extension BatchArgument {
  /// A sumcheck round: the message is absorbed, the challenge squeezed.
  func challenge(after message: RoundPolynomial<F>, _ name: String, _ transcript: inout ByteTranscript) -> F {
    transcript.absorb(message.coefficients, as: name + " round")
    return transcript.challenge(as: name + " challenge")
  }

  /// The mask's commitments and sum are absorbed; one weight for each relation and one for the mask.
  func outerWeights(
    _ commitments: [AffinePoint<C>], sum: F, _ transcript: inout ByteTranscript
  ) -> (relations: [F], mask: F) {
    transcript.absorb(commitments, as: "mask")
    transcript.absorb(sum, as: "mask sum")
    return (
      transcript.challenges(batch.relations.count, as: "relation weights"), transcript.challenge(as: "mask weight")
    )
  }

  /// What the outer sumcheck ended with.
  func outerEnd(_ claims: [RelationClaim<C>], point: [F], weights: (relations: [F], mask: F)) -> OuterEnd<F> {
    OuterEnd(
      point: point,
      weights: zip(claims, weights.relations).map { $1 * EqualityPolynomial.evaluate($0.rowPoint, point) },
      maskWeight: weights.mask)
  }

  /// The rows' end values are absorbed; the probe's points and weights.
  func probe(after rowValues: [BatchProof<C>.RowValues], _ transcript: inout ByteTranscript) -> Probe<F> {
    transcript.absorb(rowValues.flatMap { [$0.left, $0.right] }, as: "row values")
    let point: [F] = transcript.challenges(batch.chunkLog, as: "probe point")
    let second: [F] = transcript.challenges(batch.chunkLog, as: "second probe point")
    let base: F = transcript.challenge(as: "chunk weights")
    var powers = [F.one]
    while powers.count < batch.chunkCount + batch.mask.chunkCount { powers.append(powers[powers.count - 1] * base) }
    return Probe(point: point, secondPoint: second, weights: powers)
  }

  /// The probe's value is absorbed; independent weights for all claims of the inner sumcheck.
  func entryWeights(after probe: F, end: OuterEnd<F>, _ transcript: inout ByteTranscript) -> EntryWeights<F> {
    transcript.absorb(probe, as: "probe")
    let weights: [[F]] = batch.relations.map { _ in transcript.challenges(3, as: "claim weights") }
    let output: F = transcript.challenge(as: "output weight")
    return EntryWeights(
      relations: zip(weights, end.weights).map {
        RelationCoefficients.Weights(left: $0[0], right: $0[1], output: output * $1, claim: $0[2])
      },
      output: output, probe: transcript.challenge(as: "probe weight"))
  }

  /// The public vectors of every relation.
  func coefficients(
    _ claims: [RelationClaim<C>], end: OuterEnd<F>, weights: EntryWeights<F>
  ) -> [RelationCoefficients<F>] {
    let rowTable = EqualityPolynomial.table(end.point)
    return Parallel.mapTasks(count: claims.count) { index in
      RelationCoefficients(
        key: batch.relations[index], chunkLog: batch.chunkLog, weights: weights.relations[index],
        publics: claims[index].publics, points: (end.point, claims[index].claimPoint), rowTable: rowTable)
    }
  }

  /// The public vector of the mask's coefficients.
  func maskCoefficients(end: OuterEnd<F>, weights: EntryWeights<F>) -> [F] {
    let factor = -(weights.output * end.maskWeight)
    let polynomial = MaskPolynomial.powers(at: end.point).map { factor * $0 }
    return polynomial
      + zip(batch.relations, weights.relations).flatMap { relation, weights in
        let row = relation.shape.rowCount
        return [
          weights.left * EqualityTerm.weight(end.point[...], at: row),
          weights.right * EqualityTerm.weight(end.point[...], at: row + 1),
        ]
      }
  }

  /// The sum of all tables' contributions to Q~(point) when u = 1.
  func tables(at point: [F]) -> F {
    batch.tables.reduce(F.zero) { $0 + $1.evaluated(at: point) }
  }

  /// What every chunk, the mask's included, is multiplied with at the inner sumcheck's point, and what the public columns
  /// contribute there.
  func factors(
    _ coefficients: [RelationCoefficients<F>], end: OuterEnd<F>, weights: EntryWeights<F>, probe: Probe<F>,
    at point: [F]
  ) -> (chunks: [F], publics: F) {
    let table = EqualityPolynomial.table(point)
    var factors: [F] = []
    var publics = F.zero
    let parts = Parallel.mapTasks(count: coefficients.count) { coefficients[$0].evaluated(at: point, table: table) }
    for part in parts {
      factors += part.chunks
      publics += part.publics
    }
    let firstMask = factors.count
    factors += [F](repeating: .zero, count: batch.mask.chunkCount)
    for (index, coefficient) in maskCoefficients(end: end, weights: weights).enumerated() {
      let place = batch.mask.place(ofCoefficient: index)
      factors[firstMask + place.chunk] += coefficient * table[place.entry]
    }
    let all = weights.probe * EqualityPolynomial.evaluate(probe.point, point)
    for index in factors.indices { factors[index] += all * probe.weights[index] }
    factors[factors.count - 1] += weights.probe * EqualityPolynomial.evaluate(probe.secondPoint, point)
    return (factors, publics)
  }

  /// The combination of all chunks by their factors takes the value that the inner sumcheck ends with.
  func openingStatement(
    _ claims: [RelationClaim<C>], mask: [AffinePoint<C>], factors: [F], point: [F], value: F
  ) -> OpeningStatement<C> {
    let points = claims.flatMap(\.commitments) + mask
    precondition(points.count == factors.count, "One factor for each chunk.")
    return OpeningStatement(
      commitment: C.multiScalarMultiplication(factors, points).affine, point: point, value: value)
  }

  /// The rows' tables of all relations, with the mask's entries in the spare rows.
  func rowSummand(
    _ claims: [RelationClaim<C>], vectors: [CommittedVectors<F>], mask: BatchMask<F>, weights: [F]
  ) -> RowSummand<F> {
    let parts = Parallel.mapTasks(count: claims.count) { index in
      let (claim, relation, chunks) = (claims[index], batch.relations[index], vectors[index].chunks)
      let products =
        vectors[index].products
        ?? relation.rowProducts(publics: claim.publics) { chunk, entry in
          entry < chunks[chunk].count ? chunks[chunk][entry] : .zero
        }
      var output = FieldVector(products.c)
      output.scale(by: claim.u)
      for (placement, chunk) in zip(relation.chunks, chunks) {
        guard case .errors(let row) = placement.role else { continue }
        for entry in 0..<min(placement.length, chunk.count) { output[row + entry] += chunk[entry] }
      }
      let entries = mask.rowEntries(relation: index)
      return RowSummand<F>.Part(
        weights: EqualityPolynomial.table(claim.rowPoint, scaledBy: weights[index]),
        left: FieldVector(products.a + [entries.left, .zero]), right: FieldVector(products.b + [.zero, entries.right]),
        output: FieldVector(output.elements + [.zero, .zero]), variableCount: batch.rowLog)
    }
    return RowSummand(parts, variableCount: batch.rowLog)
  }

  /// Every list of a proof has the key's length, every message its degree.
  func checkShape(of proof: BatchProof<C>) throws(DeciderError) {
    guard proof.maskCommitments.count == batch.mask.chunkCount, proof.outerRounds.count == batch.rowLog,
      proof.innerRounds.count == batch.chunkLog, proof.rowValues.count == batch.relations.count
    else { throw .proofShape(side) }
    for (round, message) in proof.outerRounds.enumerated() {
      guard message.coefficients.count == RowSummand<F>.degree else { throw .outerSumcheck(side, round: round) }
    }
    for (round, message) in proof.innerRounds.enumerated() {
      guard message.coefficients.count == InnerProductSummand<F>.degree else {
        throw .innerSumcheck(side, round: round)
      }
    }
    guard proof.maskCommitments.allSatisfy({ !$0.isInfinity && $0.isOnCurve }) else { throw .invalidMask(side) }
  }
}
