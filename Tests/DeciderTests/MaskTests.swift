import Algebra
import Commitment
import Decider
import Support
import Testing
import Transcript

/// The mask of a batch's proof: what it hides, by exact ranks.
@Suite("Masks")
struct MaskTests {
  private var random = SeededGenerator(seed: 61)

  private mutating func elements(_ count: Int) -> [F] { (0..<count).map { _ in F.random(using: &random) } }

  /// Everything a sumcheck of a summand shows, for given challenges, the first message's c_0 first.
  private func messages<Summand: SumcheckSummand>(_ summand: Summand, challenges: [F]) -> [F] where Summand.Field == F {
    var summand = summand
    var (shown, rest) = ([F](), challenges[...])
    _ = Sumcheck.prove(&summand) { message in
      shown += message.coefficients
      return rest.popFirst() ?? .zero
    }
    return shown
  }

  // MARK: - The outer sumcheck

  @Test("Laws: the mask polynomial's sum, sumcheck and value at a point, by the definition", arguments: [1, 2, 4])
  mutating func polynomial(variables: Int) {
    let coefficients = elements(1 + 3 * variables)
    func value(_ point: [F]) -> F {
      point.indices.reduce(coefficients[0]) { sum, i in
        let (x, c) = (point[i], coefficients[(1 + 3 * i)...])
        return sum + x * (c[c.startIndex] + x * (c[c.startIndex + 1] + x * c[c.startIndex + 2]))
      }
    }
    let mask = MaskPolynomial(coefficients)
    let sum = (0..<(1 << variables)).reduce(F.zero) { sum, index in
      sum + value((0..<variables).map { index >> $0 & 1 == 1 ? F.one : F.zero })
    }
    #expect(mask.sum == sum)
    var summand = mask
    var rounds: [(message: RoundPolynomial<F>, challenge: F)] = []
    let point = Sumcheck.prove(&summand) { message in
      rounds.append((message, F.random(using: &random)))
      return rounds[rounds.count - 1].challenge
    }
    let end = Sumcheck.verify(claim: sum, rounds: variables) { rounds[$0] }
    #expect(end.point == point)
    #expect(end.value == value(point))
    let powers = MaskPolynomial.powers(at: point)
    #expect(zip(powers, coefficients).reduce(F.zero) { $0 + $1.0 * $1.1 } == value(point))
  }

  @Test("Rank: the mask's sum and messages determine all its coefficients", arguments: [1, 5, 13, 17, 18])
  mutating func outerRank(variables: Int) {
    let count = 1 + 3 * variables
    let challenges = elements(variables)
    let rows = (0..<count).map { index in
      let mask = MaskPolynomial((0..<count).map { $0 == index ? F.one : F.zero })
      return [mask.sum] + messages(mask, challenges: challenges)
    }
    #expect(rank(rows) == count)
    // With one coefficient fewer something is left unmasked.
    #expect(rank(Array(rows.dropLast())) == count - 1)
  }

  // MARK: - The inner sumcheck

  /// By random entry of the last two chunks, what it adds to the probe and to the messages.
  private mutating func innerRows(_ layout: MaskLayout, places: [[Int]]) -> [[F]] {
    let k = layout.chunkLog
    let challenges = elements(k)
    let scales = elements(2)
    return places.indices.flatMap { chunk -> [[F]] in
      let point = elements(k)
      let coefficients = EqualityPolynomial.table(point, scaledBy: scales[chunk])
      return places[chunk].map { place in
        var vector = [F](repeating: .zero, count: 1 << k)
        vector[place] = .one
        let pair = InnerProductSummand<F>.Pair(
          coefficients: coefficients, vector: FieldVector(vector), variableCount: k)
        return [coefficients[place]]
          + messages(InnerProductSummand([pair], variableCount: k), challenges: challenges)
      }
    }
  }

  @Test("Rank: the last two chunks mask the probe and all messages", arguments: [1, 2, 3, 5, 10, 13, 16, 17])
  mutating func innerRank(chunkLog: Int) {
    let layout = MaskLayout(rowLog: 17, relationCount: 4, chunkLog: chunkLog)
    #expect(Set(layout.places).count == layout.places.count)
    #expect(layout.places.allSatisfy { (0..<(1 << chunkLog)).contains($0) })
    #expect(rank(innerRows(layout, places: [layout.places, layout.places])) == 2 * chunkLog + 1)
  }

  @Test("Rank: one chunk, or entries in one aligned block, would not do")
  mutating func tooFew() {
    let layout = MaskLayout(rowLog: 17, relationCount: 4, chunkLog: 10)
    let block = Array(0..<layout.places.count)
    #expect(rank(innerRows(layout, places: [layout.places])) < 21)
    #expect(rank(innerRows(layout, places: [block, block])) < 21)
  }

  // MARK: - Soundness

  @Test("Laws: what masks A z meets a zero of B z, and the other way round")
  mutating func spareRows() throws {
    // A relation says the same whatever the mask is: a true statement stays true, a false one false.
    let toy = try ToyDecider(seed: 62)
    for seed in 1...4 {
      #expect(toy.refusal(of: try toy.prove(seed: UInt64(seed))) == nil)
      var wrong = toy
      wrong.statement.primary[seed % 2].errorValue += .one
      #expect(wrong.refusal(of: try wrong.prove(seed: UInt64(seed))) != nil)
    }
    let layout = toy.key.primary.mask
    #expect(layout.coefficientCount == 1 + 3 * 4 + 2 * 2)
    #expect(layout.chunkCount == 3 + 2)
    #expect(layout.place(ofCoefficient: 16).chunk == 2 && layout.place(ofCoefficient: 16).entry == 0)
  }

  /// A proof of a toy's primary claims, and the weights that its verifier draws.
  private struct Run {
    let argument: BatchArgument<PrimaryCurve>
    let claims: [RelationClaim<PrimaryCurve>]
    let proof: BatchProof<PrimaryCurve>
    /// Of the rows of both relations, and of the mask polynomial.
    let relationWeights: [F]
    let maskWeight: F
    /// What a_0 b_0 is multiplied with at the end of the outer sumcheck.
    let endWeight: F
    /// By relation: of A z, of B z and of Q.
    let claimWeights: [[F]]
    let outputWeight: F
    let probeWeight: F

    init(seed: UInt64) throws {
      let toy = try ToyDecider(seed: seed)
      argument = BatchArgument(batch: toy.key.primary, generators: toy.primaryGenerators, side: .primary)
      var random = SeededGenerator(seed: seed + 1)
      let randomness = BatchRandomness<PrimaryCurve>(for: toy.key.primary, using: &random)
      claims = toy.statement.primary.map { instance in
        RelationClaim<PrimaryCurve>(
          commitments: instance.commitments, publics: [instance.u, instance.x], rowPoint: instance.errorPoint,
          rowValue: instance.errorValue, claimPoint: instance.claimPoint, claimValue: instance.claimValue)
      }
      var transcript = ByteTranscript("test")
      proof = try argument.prove(
        claims, vectors: toy.witness.primary, randomness: randomness, transcript: &transcript)
      // The verifier's transcript, from its description.
      transcript = ByteTranscript("test")
      transcript.absorb(proof.maskCommitments, as: "mask")
      transcript.absorb(proof.maskSum, as: "mask sum")
      relationWeights = transcript.challenges(2, as: "relation weights")
      maskWeight = transcript.challenge(as: "mask weight")
      var point: [F] = []
      for round in proof.outerRounds {
        transcript.absorb(round.coefficients, as: "outer round")
        point.insert(transcript.challenge(as: "outer challenge"), at: 0)
      }
      endWeight = relationWeights[0] * EqualityPolynomial.evaluate(claims[0].rowPoint, point)
      transcript.absorb(proof.rowValues.flatMap { [$0.left, $0.right] }, as: "row values")
      let _: [F] = transcript.challenges(toy.key.primary.chunkLog, as: "probe point")
      let _: [F] = transcript.challenges(toy.key.primary.chunkLog, as: "second probe point")
      let _: F = transcript.challenge(as: "chunk weights")
      transcript.absorb(proof.probe, as: "probe")
      claimWeights = [transcript.challenges(3, as: "claim weights"), transcript.challenges(3, as: "claim weights")]
      outputWeight = transcript.challenge(as: "output weight")
      probeWeight = transcript.challenge(as: "probe weight")
    }

    /// What the verifier says of a proof, for claims whose first has other values.
    func refusal(
      of proof: BatchProof<PrimaryCurve>, rowValue: F = .zero, claimValue: F = .zero
    ) -> DeciderError? {
      let first = RelationClaim<PrimaryCurve>(
        commitments: claims[0].commitments, publics: claims[0].publics, rowPoint: claims[0].rowPoint,
        rowValue: claims[0].rowValue + rowValue, claimPoint: claims[0].claimPoint,
        claimValue: claims[0].claimValue + claimValue)
      var transcript = ByteTranscript("test")
      do throws(DeciderError) {
        try argument.verify(proof, of: [first, claims[1]], transcript: &transcript)
        return nil
      } catch { return error }
    }
  }

  @Test("Rejects: a mask's sum that makes up for a false error value, chosen after its weight was known")
  func lateSum() throws {
    let run = try Run(seed: 63)
    #expect(run.refusal(of: run.proof) == nil)
    // Under the weights of the honest sum the outer sumcheck's claim, and so the whole proof, would be the same.
    let change = run.relationWeights[0] * F(5) * (try #require(run.maskWeight.inverse()))
    var proof = run.proof
    proof.maskSum -= change
    #expect(run.relationWeights[0] * F(5) - run.maskWeight * change == .zero)
    #expect(run.refusal(of: proof, rowValue: F(5)) == .opening(.primary, .openingRefused))
  }

  @Test(
    "Rejects: end values of the rows that make up for a false evaluation claim, chosen after their weights were known")
  func lateRowValues() throws {
    let run = try Run(seed: 64)
    let (weights, output) = (run.claimWeights[0], run.outputWeight * run.endWeight)
    let values = run.proof.rowValues[0]
    // Under the weights of the honest values a_0 + d takes away from the inner sumcheck's claim what v_Q + 5 adds.
    let change = weights[2] * F(5) * (try #require((weights[0] + output * values.right).inverse()))
    var proof = run.proof
    proof.rowValues[0].left -= change
    let product = proof.rowValues[0].left * values.right - values.left * values.right
    #expect(weights[2] * F(5) - weights[0] * change + output * product == .zero)
    #expect(run.refusal(of: proof, claimValue: F(5)) == .opening(.primary, .openingRefused))
  }

  @Test("Rejects: a probe that makes up for a false evaluation claim, chosen after its weight was known")
  func lateProbe() throws {
    let run = try Run(seed: 65)
    let change = run.claimWeights[0][2] * F(5) * (try #require(run.probeWeight.inverse()))
    var proof = run.proof
    proof.probe -= change
    #expect(run.claimWeights[0][2] * F(5) - run.probeWeight * change == .zero)
    #expect(run.refusal(of: proof, claimValue: F(5)) == .opening(.primary, .openingRefused))
  }

  @Test("Rejects: a commitment to another mask, coefficient by coefficient")
  func otherPolynomial() throws {
    // Adding a generator to a commitment adds one to the coefficient that is committed to.
    let run = try Run(seed: 66)
    let toy = try ToyDecider(seed: 66)
    let layout = toy.key.primary.mask
    for index in 0..<layout.coefficientCount {
      let place = layout.place(ofCoefficient: index)
      var proof = run.proof
      let base = ProjectivePoint(toy.primaryGenerators.bases[place.entry])
      proof.maskCommitments[place.chunk] = (base + proof.maskCommitments[place.chunk]).affine
      #expect(run.refusal(of: proof) == .opening(.primary, .openingRefused))
    }
  }

  @Test("Laws: a blinder of a mask is never zero, even where the generator gives zeros first")
  func blinders() throws {
    let toy = try ToyDecider(seed: 65)
    var zeros = ZerosFirst(count: 400, seed: 66)
    let mask = BatchMask<F>(layout: toy.key.primary.mask, using: &zeros)
    #expect(mask.blinders.count == mask.layout.chunkCount)
    #expect(mask.blinders.allSatisfy { !$0.isZero })
    #expect(Set(mask.blinders).count == mask.blinders.count)
  }
}
