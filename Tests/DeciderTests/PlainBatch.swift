import Algebra
import Commitment
import ConstraintSystem
import Decider
import Support
import Transcript

/// A second prover and verifier of one batch, written from section 7 of Docs/Protocol.md, whose prover may go on with another
/// mask than the one it has committed to. Slow.
struct PlainBatch<C: Curve> {
  typealias Scalar = C.ScalarField

  /// A moment at which the prover takes up another mask, and the entry by which it makes up for a false claim.
  enum Cheat {
    /// The constant of the mask polynomial, once its weight is known: the outer sumcheck is about another polynomial.
    case outerPolynomial
    /// The constant of the mask polynomial, once the outer sumcheck is over: another value at its end.
    case outerEnd
    /// The entry that masks A z of the first relation, once the outer sumcheck is over.
    case rowEntry
    /// An entry of the last chunk, once all weights are known: the inner sumcheck is about another vector.
    case lastChunk
    /// The constant of the mask polynomial, once all weights are known.
    case innerPolynomial
  }

  /// Which mask an opening is of.
  enum Opened {
    /// The one committed to, whatever the sumchecks were about, under its commitments.
    case committed
    /// The one the inner sumcheck was about, under the commitments to the other.
    case used
    /// The one the inner sumcheck was about, under its own commitments, which no challenge depends on.
    case late
  }

  let batch: RelationBatch<Scalar>
  let generators: Generators<C>
  let side: DeciderSide
  var claims: [RelationClaim<C>]
  let vectors: [CommittedVectors<Scalar>]

  private var argument: BatchArgument<C> { BatchArgument(batch: batch, generators: generators, side: side) }

  /// The claims, with numbers added to the first relation's values.
  func with(rowValue: Scalar = .zero, claimValue: Scalar = .zero) -> Self {
    var changed = self
    let claim = claims[0]
    changed.claims[0] = RelationClaim(
      commitments: claim.commitments, publics: claim.publics, rowPoint: claim.rowPoint,
      rowValue: claim.rowValue + rowValue, claimPoint: claim.claimPoint, claimValue: claim.claimValue + claimValue)
    return changed
  }

  /// The package's own proof.
  func proof(seed: UInt64) throws -> BatchProof<C> {
    var random = SeededGenerator(seed: seed)
    var transcript = ByteTranscript("plain")
    return try argument.prove(
      claims, vectors: vectors, randomness: BatchRandomness(for: batch, using: &random), transcript: &transcript)
  }

  /// What the package's own verifier says.
  func refusal(of proof: BatchProof<C>) -> DeciderError? {
    var transcript = ByteTranscript("plain")
    do throws(DeciderError) {
      try argument.verify(proof, of: claims, transcript: &transcript)
      return nil
    } catch { return error }
  }

  // MARK: - The prover

  /// A proof by the plain prover, and commitments to the mask it ended with; `false` is what the claim that the cheat makes up
  /// for was changed by.
  func prove(
    seed: UInt64, cheat: Cheat? = nil, false amount: Scalar = .zero, opened: Opened = .committed
  ) throws -> (proof: BatchProof<C>, late: [AffinePoint<C>]) {
    var random = SeededGenerator(seed: seed)
    let mask = BatchMask<Scalar>(layout: batch.mask, using: &random)
    let randomness = InnerProductArgument<C>.Randomness(variables: batch.chunkLog, using: &random)
    let committed = mask.chunks.map { full($0) }
    var chunks = committed
    func coefficient(_ index: Int) -> Scalar {
      let place = batch.mask.place(ofCoefficient: index)
      return chunks[place.chunk][place.entry]
    }
    func polynomial() -> [Scalar] { (0..<batch.mask.polynomialCount).map { coefficient($0) } }
    var proof = try self.proof(seed: seed)
    var transcript = ByteTranscript("plain")

    // 0. Mask.
    proof.maskCommitments = try commit(chunks, blinders: mask.blinders)
    proof.maskSum = MaskPolynomial(polynomial()).sum
    let outer = OuterWeights(proof.maskCommitments, sum: proof.maskSum, batch: batch, &transcript)
    if cheat == .outerPolynomial {
      let points = Scalar(UInt64(1) << UInt64(batch.rowLog))
      chunks[0][0] += outer.relations[0] * amount * inverse(outer.mask * points)
    }

    // 1. Rows.
    var rows = RowSummand(
      claims.indices.map { part($0, weight: outer.relations[$0], mask: coefficient) }, variableCount: batch.rowLog)
    var masks = MaskPolynomial(polynomial())
    var (claim, point) = (outer.claim(claims, sum: proof.maskSum), [Scalar]())
    proof.outerRounds = (0..<batch.rowLog).map { _ in
      let (row, own) = (rows.roundPolynomial().coefficients, masks.roundPolynomial().coefficients)
      let message = RoundPolynomial(row.indices.map { row[$0] + outer.mask * own[$0] })
      let challenge = Self.challenge(after: message, "outer", &transcript)
      rows.bind(challenge)
      masks.bind(challenge)
      claim = message.evaluated(at: challenge, claim: claim)
      point.insert(challenge, at: 0)
      return message
    }
    let weights = claims.indices.map { outer.relations[$0] * EqualityPolynomial.evaluate(claims[$0].rowPoint, point) }
    proof.rowValues = rows.parts.map { .init(left: $0.left.constant, right: $0.right.constant) }
    let powers = MaskPolynomial<Scalar>.powers(at: point)
    let ends = rows.parts.map { $0.weights.constant * ($0.left.constant * $0.right.constant - $0.output.constant) }
    let excess = claim - ends.reduce(outer.mask * inner(powers, polynomial()), +)
    if cheat == .outerEnd { chunks[0][0] += excess * inverse(outer.mask) }
    if cheat == .rowEntry {
      let weight = self.weight(of: batch.relations[0].shape.rowCount, at: point)
      let change = excess * inverse(weights[0] * proof.rowValues[0].right * weight)
      let place = batch.mask.place(ofCoefficient: batch.mask.polynomialCount)
      chunks[place.chunk][place.entry] += change
      proof.rowValues[0].left += change * weight
    }

    // 2. Probe.
    let probe = Probe(after: proof.rowValues, batch: batch, &transcript)
    let own = vectors.flatMap { $0.chunks.map { full($0) } }
    proof.probe =
      combination(own + chunks, by: probe.weights).evaluateMultilinear(at: probe.point)
      + FieldVector(chunks[chunks.count - 1]).evaluateMultilinear(at: probe.secondPoint)
    let entry = EntryWeights(after: proof.probe, relations: claims.count, &transcript)
    let vectorsOfMask = maskVectors(outer: outer, entry: entry, point: point, probe: probe)
    let last = chunks.count - 1
    if cheat == .lastChunk {
      chunks[last][0] += entry.relations[0][2] * amount * inverse(vectorsOfMask.masks[last][0])
    }
    if cheat == .innerPolynomial {
      chunks[0][0] += entry.relations[0][2] * amount * inverse(vectorsOfMask.masks[0][0])
    }

    // 3. Entries. The probe's part of the mask's chunks is in their vectors, that of all other chunks apart.
    let coefficients = self.coefficients(outer: outer, entry: entry, point: point)
    func pair(_ coefficients: [Scalar], _ vector: FieldVector<Scalar>) -> InnerProductSummand<Scalar>.Pair {
      .init(coefficients: FieldVector(coefficients), vector: vector, variableCount: batch.chunkLog)
    }
    var pairs = zip(coefficients, vectors).flatMap { $0.pairs(chunks: $1.chunks) }
    pairs.append(pair(vectorsOfMask.probe, combination(own, by: probe.weights)))
    pairs += zip(vectorsOfMask.masks, chunks).map { pair($0, FieldVector($1)) }
    var entries = InnerProductSummand(pairs, variableCount: batch.chunkLog)
    proof.innerRounds = []
    let end = Sumcheck.prove(&entries) { message in
      proof.innerRounds.append(message)
      return Self.challenge(after: message, "inner", &transcript)
    }

    // 4. Opening.
    let late = try commit(chunks, blinders: mask.blinders)
    let factors = factors(coefficients, vectorsOfMask, probe: probe, at: end).chunks
    let value = combination(own + chunks, by: factors).evaluateMultilinear(at: end)
    proof.opening = InnerProductArgument.prove(
      statement(opened == .late ? late : proof.maskCommitments, factors: factors, point: end, value: value),
      vector: combination(own + (opened == .committed ? committed : chunks), by: factors),
      blinder: inner(factors, vectors.flatMap(\.blinders) + mask.blinders), randomness: randomness,
      generators: generators, transcript: &transcript)
    return (proof, late)
  }

  // MARK: - The verifier

  /// Whether the plain verifier accepts; with `late`, it opens these commitments to a mask and not those its challenges
  /// depend on.
  func accepts(_ proof: BatchProof<C>, late: [AffinePoint<C>]? = nil) -> Bool {
    var transcript = ByteTranscript("plain")
    let outer = OuterWeights(proof.maskCommitments, sum: proof.maskSum, batch: batch, &transcript)
    let (point, outerEnd) = Sumcheck.verify(
      claim: outer.claim(claims, sum: proof.maskSum), rounds: batch.rowLog
    ) { (proof.outerRounds[$0], Self.challenge(after: proof.outerRounds[$0], "outer", &transcript)) }
    let probe = Probe(after: proof.rowValues, batch: batch, &transcript)
    let entry = EntryWeights(after: proof.probe, relations: claims.count, &transcript)
    var outputs = -outerEnd
    var claim = entry.probe * proof.probe
    for (index, values) in proof.rowValues.enumerated() {
      let (weights, instance) = (entry.relations[index], claims[index])
      outputs +=
        outer.relations[index] * EqualityPolynomial.evaluate(instance.rowPoint, point) * values.left * values.right
      claim += weights[0] * values.left + weights[1] * values.right
      claim += weights[2] * instance.claimValue
      for table in batch.tables {
        for (place, value) in table.values.enumerated() {
          let weight = self.weight(of: table.claimBase + place, at: instance.claimPoint)
          claim -= weights[2] * instance.publics[0] * weight * Scalar(Int(value))
        }
      }
    }
    claim += entry.output * outputs
    let (end, value) = Sumcheck.verify(claim: claim, rounds: batch.chunkLog) {
      (proof.innerRounds[$0], Self.challenge(after: proof.innerRounds[$0], "inner", &transcript))
    }
    let factors = factors(
      coefficients(outer: outer, entry: entry, point: point),
      maskVectors(outer: outer, entry: entry, point: point, probe: probe), probe: probe, at: end)
    do {
      try InnerProductArgument.verify(
        proof.opening,
        of: statement(
          late ?? proof.maskCommitments, factors: factors.chunks, point: end, value: value - factors.publics),
        generators: generators, transcript: &transcript)
      return true
    } catch { return false }
  }
}

// MARK: - What both draw

extension PlainBatch {
  private struct OuterWeights {
    let relations: [Scalar]
    let mask: Scalar

    init(
      _ commitments: [AffinePoint<C>], sum: Scalar, batch: RelationBatch<Scalar>, _ transcript: inout ByteTranscript
    ) {
      transcript.absorb(commitments, as: "mask")
      transcript.absorb(sum, as: "mask sum")
      relations = transcript.challenges(batch.relations.count, as: "relation weights")
      mask = transcript.challenge(as: "mask weight")
    }

    func claim(_ claims: [RelationClaim<C>], sum: Scalar) -> Scalar {
      zip(relations, claims).reduce(mask * sum) { $0 + $1.0 * $1.1.rowValue }
    }
  }

  private struct Probe {
    let point: [Scalar]
    let secondPoint: [Scalar]
    let weights: [Scalar]

    init(
      after values: [BatchProof<C>.RowValues], batch: RelationBatch<Scalar>, _ transcript: inout ByteTranscript
    ) {
      transcript.absorb(values.flatMap { [$0.left, $0.right] }, as: "row values")
      point = transcript.challenges(batch.chunkLog, as: "probe point")
      secondPoint = transcript.challenges(batch.chunkLog, as: "second probe point")
      let base: Scalar = transcript.challenge(as: "chunk weights")
      let count = batch.relations.reduce(batch.mask.chunkCount) { $0 + $1.chunks.count }
      weights = (1..<count).reduce(into: [.one]) { powers, index in powers.append(powers[index - 1] * base) }
    }
  }

  private struct EntryWeights {
    /// By relation: of A z, of B z and of Q.
    let relations: [[Scalar]]
    let output: Scalar
    let probe: Scalar

    init(after value: Scalar, relations count: Int, _ transcript: inout ByteTranscript) {
      transcript.absorb(value, as: "probe")
      relations = (0..<count).map { _ in transcript.challenges(3, as: "claim weights") }
      output = transcript.challenge(as: "output weight")
      probe = transcript.challenge(as: "probe weight")
    }
  }

  private static func challenge(
    after message: RoundPolynomial<Scalar>, _ name: String, _ transcript: inout ByteTranscript
  ) -> Scalar {
    transcript.absorb(message.coefficients, as: name + " round")
    return transcript.challenge(as: name + " challenge")
  }
}

// MARK: - Vectors

extension PlainBatch {
  /// The public vectors of the mask's chunks, and what the probe multiplies every chunk with.
  private func maskVectors(
    outer: OuterWeights, entry: EntryWeights, point: [Scalar], probe: Probe
  ) -> (masks: [[Scalar]], probe: [Scalar]) {
    let length = 1 << batch.chunkLog
    var masks = [[Scalar]](
      repeating: [Scalar](repeating: .zero, count: length), count: batch.mask.chunkCount)
    var list = MaskPolynomial<Scalar>.powers(at: point).map { -(entry.output * outer.mask * $0) }
    for (relation, weights) in zip(batch.relations, entry.relations) {
      let row = relation.shape.rowCount
      list += [weights[0] * weight(of: row, at: point), weights[1] * weight(of: row + 1, at: point)]
    }
    for (index, value) in list.enumerated() { masks[index / length][index % length] = value }
    let common = (0..<length).map { entry.probe * weight(of: $0, at: probe.point) }
    for (chunk, weight) in probe.weights.suffix(masks.count).enumerated() {
      for place in 0..<length { masks[chunk][place] += weight * common[place] }
    }
    for place in 0..<length {
      masks[masks.count - 1][place] += entry.probe * weight(of: place, at: probe.secondPoint)
    }
    return (masks, common)
  }

  /// The public vectors of every relation's chunks but for the probe's part; `EvaluationTests` has them by the definition.
  private func coefficients(
    outer: OuterWeights, entry: EntryWeights, point: [Scalar]
  ) -> [RelationCoefficients<Scalar>] {
    claims.indices.map { index in
      let weights = entry.relations[index]
      let end = outer.relations[index] * EqualityPolynomial.evaluate(claims[index].rowPoint, point)
      return RelationCoefficients(
        key: batch.relations[index], chunkLog: batch.chunkLog,
        weights: .init(left: weights[0], right: weights[1], output: entry.output * end, claim: weights[2]),
        publics: claims[index].publics, points: (point, claims[index].claimPoint))
    }
  }

  /// The values of all public vectors at a point, and what the public columns contribute there.
  private func factors(
    _ coefficients: [RelationCoefficients<Scalar>], _ vectors: (masks: [[Scalar]], probe: [Scalar]), probe: Probe,
    at point: [Scalar]
  ) -> (chunks: [Scalar], publics: Scalar) {
    let values = coefficients.map { $0.evaluated(at: point, table: EqualityPolynomial.table(point)) }
    let common = FieldVector(vectors.probe).evaluateMultilinear(at: point)
    let own = zip(values.flatMap(\.chunks), probe.weights).map { $0 + $1 * common }
    return (
      own + vectors.masks.map { FieldVector($0).evaluateMultilinear(at: point) },
      values.reduce(.zero) { $0 + $1.publics }
    )
  }

  /// The tables of a relation's rows, with the mask's entries behind them.
  private func part(_ index: Int, weight: Scalar, mask: (Int) -> Scalar) -> RowSummand<Scalar>.Part {
    let (relation, claim) = (batch.relations[index], claims[index])
    let shape = relation.shape
    var values = [Scalar](repeating: .zero, count: relation.chunks.count << batch.chunkLog)
    var (trace, errors) = (values, values)
    for (placement, chunk) in zip(relation.chunks, vectors[index].chunks) {
      for (entry, value) in chunk.prefix(placement.length).enumerated() {
        switch placement.role {
        case .claimOnly: break
        case .errors(let row): errors[row + entry] = value
        case .columns(let first) where first.part == .values: values[first.offset + entry] = value
        case .columns(let first): trace[first.offset + entry] = value
        }
      }
    }
    let products = shape.multiply(values: values, trace: trace, publics: claim.publics)
    let output = (0..<shape.rowCount).map { claim.publics[0] * products.c[$0] + errors[$0] }
    let first = batch.mask.polynomialCount + 2 * index
    return RowSummand.Part(
      weights: EqualityPolynomial.table(claim.rowPoint, scaledBy: weight),
      left: FieldVector(products.a + [mask(first), .zero]), right: FieldVector(products.b + [.zero, mask(first + 1)]),
      output: FieldVector(output + [.zero, .zero]), variableCount: batch.rowLog)
  }

  private func statement(
    _ mask: [AffinePoint<C>], factors: [Scalar], point: [Scalar], value: Scalar
  ) -> OpeningStatement<C> {
    OpeningStatement(
      commitment: C.multiScalarMultiplication(factors, claims.flatMap(\.commitments) + mask).affine, point: point,
      value: value)
  }

  private func commit(_ chunks: [[Scalar]], blinders: [Scalar]) throws -> [AffinePoint<C>] {
    try zip(chunks, blinders).map { try generators.commit(FieldVector($0), blinder: $1) }
  }

  /// The sum of vectors of 2^k entries, each times its factor; there may be more factors.
  private func combination(_ vectors: [[Scalar]], by factors: [Scalar]) -> FieldVector<Scalar> {
    FieldVector(
      (0..<(1 << batch.chunkLog)).map { entry in
        zip(vectors, factors).reduce(Scalar.zero) { $0 + $1.0[entry] * $1.1 }
      })
  }

  private func full(_ vector: some Collection<Scalar>) -> [Scalar] {
    Array(vector) + [Scalar](repeating: .zero, count: (1 << batch.chunkLog) - vector.count)
  }

  private func inner(_ left: [Scalar], _ right: [Scalar]) -> Scalar {
    precondition(left.count == right.count)
    return zip(left, right).reduce(.zero) { $0 + $1.0 * $1.1 }
  }

  /// eq(point, bits of index).
  private func weight(of index: Int, at point: [Scalar]) -> Scalar {
    precondition(index >> point.count == 0)
    return point.enumerated().reduce(.one) {
      $0 * (index >> $1.offset & 1 == 1 ? $1.element : Scalar.one - $1.element)
    }
  }

  private func inverse(_ element: Scalar) -> Scalar {
    guard let inverse = element.inverse() else { preconditionFailure("A challenge is not zero.") }
    return inverse
  }
}
