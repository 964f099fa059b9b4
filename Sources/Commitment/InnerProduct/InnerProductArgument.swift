package import Algebra
package import Transcript

/// The hiding inner-product argument for multilinear evaluations of a committed vector.
///
/// With U = xi * evaluationBase for a challenge xi, P = C + y U commits to v and to y = <v, b>, b = eq(point, .). A
/// round halves v, b and the bases G with a challenge t:
///   L = <v_low, G_high> + <v_low, b_high> U + l K,   R = <v_high, G_low> + <v_high, b_low> U + r K,
///   v' = v_low + t v_high,  b' = b_low + b_high / t,  G' = G_low + G_high / t,  P' = P + L / t + t R,
/// where L and R are blinded by fresh l and r. Up to 8 entries remain; knowledge of them and of the folded blinder is
/// shown by a Schnorr proof, so that nothing of v but y is revealed. The prover folds the bases only every third round,
/// all at once, and the verifier never: their weights go into multi-scalar multiplications instead.
///
/// - seealso: Bootle et al. ePrint 2016/263; Bünz et al. ePrint 2017/1066, section 3; Bowe et al. ePrint 2019/1021,
///   section 3; Wahby et al. ePrint 2017/1132, appendix A, for the masked last step.
package enum InnerProductArgument<C: Curve> {
  /// The scalars of the curve.
  package typealias Scalar = C.ScalarField

  /// Everything random in one proof; to be used once.
  package struct Randomness: Sendable {
    /// The blinders l and r of every round, none zero.
    fileprivate let rounds: [(left: Scalar, right: Scalar)]
    /// The last step's mask.
    fileprivate let mask: [Scalar]
    /// The last step's blinder, not zero.
    fileprivate let blinder: Scalar

    /// Fresh randomness for a point with `variables` coordinates.
    package init(variables: Int, using generator: inout some RandomNumberGenerator) {
      let final = InnerProductProof<C>.finalVariables(variables)
      var rounds: [(left: Scalar, right: Scalar)] = []
      for _ in 0..<(variables - final) {
        rounds.append((.randomNonzero(using: &generator), .randomNonzero(using: &generator)))
      }
      self.rounds = rounds
      mask = (0..<(1 << final)).map { _ in .random(using: &generator) }
      blinder = .randomNonzero(using: &generator)
    }
  }

  /// Proves the statement; 2^m entries cost about seven multi-scalar multiplications of length 2^m.
  ///
  /// - Parameters:
  ///   - vector: v, at most 2^m entries, the rest being zeros.
  ///   - blinder: s, with commitment = com(v; s).
  ///   - randomness: made for the statement's number of coordinates.
  @specialized(where C == BN254)
  @specialized(where C == Grumpkin)
  package static func prove(
    _ statement: OpeningStatement<C>, vector: FieldVector<Scalar>, blinder: Scalar, randomness: Randomness,
    generators: Generators<C>, transcript: inout ByteTranscript
  ) -> InnerProductProof<C> {
    let variables = statement.point.count
    precondition(variables <= generators.logCount, "Enough generators for the statement.")
    precondition(vector.count <= 1 << variables, "A vector of at most 2^m entries.")
    let final = InnerProductProof<C>.finalVariables(variables)
    precondition(
      randomness.rounds.count == variables - final && randomness.mask.count == 1 << final,
      "Randomness for the statement's number of coordinates.")
    statement.absorb(into: &transcript)
    let xi: Scalar = transcript.challenge(as: "opening base")
    var folding = VectorFolding<C>(vector: vector, point: statement.point, generators: generators, valueFactor: xi)
    var blinder = blinder
    var rounds: [InnerProductProof<C>.Round] = []
    for blinders in randomness.rounds {
      let round = folding.crossTerms(leftBlinder: blinders.left, rightBlinder: blinders.right)
      rounds.append(round)
      transcript.absorb(round.left, as: "opening left")
      transcript.absorb(round.right, as: "opening right")
      let challenge: Scalar = transcript.challenge(as: "opening fold")
      guard let inverse = challenge.inverse() else { preconditionFailure("A challenge is zero once in 2^250 runs.") }
      folding.fold(challenge, inverse: inverse)
      blinder += inverse * blinders.left + challenge * blinders.right
    }
    let mask = folding.commit(FieldVector(randomness.mask), blinder: randomness.blinder)
    transcript.absorb(mask, as: "opening mask")
    let challenge: Scalar = transcript.challenge(as: "opening last")
    let finalVector = folding.vector.indices.map { randomness.mask[$0] + challenge * folding.vector[$0] }
    let finalBlinder = randomness.blinder + challenge * blinder
    transcript.absorb(finalVector, as: "opening vector")
    transcript.absorb(finalBlinder, as: "opening blinder")
    return InnerProductProof(rounds: rounds, mask: mask, finalVector: finalVector, finalBlinder: finalBlinder)
  }

  /// Checks a proof; one multi-scalar multiplication of length 2^m.
  ///
  /// - Throws: `CommitmentError.openingShape`, `infinity`, `degenerateChallenge` or `openingRefused`.
  @specialized(where C == BN254)
  @specialized(where C == Grumpkin)
  package static func verify(
    _ proof: InnerProductProof<C>, of statement: OpeningStatement<C>, generators: Generators<C>,
    transcript: inout ByteTranscript
  ) throws(CommitmentError) {
    let variables = statement.point.count
    precondition(variables <= generators.logCount, "Enough generators for the statement.")
    let finalVariables = InnerProductProof<C>.finalVariables(variables)
    guard proof.rounds.count == variables - finalVariables, proof.finalVector.count == 1 << finalVariables else {
      throw .openingShape
    }
    let points = proof.rounds.flatMap { [$0.left, $0.right] } + [proof.mask, statement.commitment]
    guard points.allSatisfy({ !$0.isInfinity }) else { throw .infinity }

    statement.absorb(into: &transcript)
    let xi: Scalar = transcript.challenge(as: "opening base")
    var challenges: [Scalar] = []
    for round in proof.rounds {
      transcript.absorb(round.left, as: "opening left")
      transcript.absorb(round.right, as: "opening right")
      challenges.append(transcript.challenge(as: "opening fold"))
    }
    transcript.absorb(proof.mask, as: "opening mask")
    let last: Scalar = transcript.challenge(as: "opening last")
    transcript.absorb(proof.finalVector, as: "opening vector")
    transcript.absorb(proof.finalBlinder, as: "opening blinder")
    guard challenges.allSatisfy({ !$0.isZero }) else { throw .degenerateChallenge }
    var inverses = challenges
    batchInverse(&inverses)

    // <z, G'> + <z, b'> U + z_K K - mask - last (C + y U + sum of (L / t + t R)) must be infinity.
    let folded = FoldedWeights(inverses: inverses, point: statement.point)
    let value = folded.evaluation(of: proof.finalVector) - last * statement.value
    var tailScalars = [proof.finalBlinder, xi * value, -Scalar.one, -last]
    var tailPoints = [generators.blindingBase, generators.evaluationBase, proof.mask, statement.commitment]
    for (index, round) in proof.rounds.enumerated() {
      tailScalars += [-(last * inverses[index]), -(last * challenges[index])]
      tailPoints += [round.left, round.right]
    }
    let sum =
      C.multiScalarMultiplication(folded.baseScalars(of: proof.finalVector), generators.bases)
      + C.multiScalarMultiplication(tailScalars, tailPoints)
    guard sum.isInfinity else { throw .openingRefused }
  }
}
