import Algebra
import Commitment
import Decider
import Support
import Testing

/// Provers whose sumchecks are about another mask than the one they have committed to, and who are consistent from there on.
@Suite("Cheating provers: masks")
struct CheatingMaskTests {
  private func primary(seed: UInt64) throws -> PlainBatch<PrimaryCurve> {
    let toy = try ToyDecider(seed: seed)
    return PlainBatch(
      batch: toy.key.primary, generators: toy.primaryGenerators, side: .primary,
      claims: toy.statement.primary.map {
        RelationClaim(
          commitments: $0.commitments, publics: [$0.u, $0.x], rowPoint: $0.errorPoint, rowValue: $0.errorValue,
          claimPoint: $0.claimPoint, claimValue: $0.claimValue)
      }, vectors: toy.witness.primary)
  }

  private func secondary(seed: UInt64) throws -> PlainBatch<SecondaryCurve> {
    let toy = try ToyDecider(seed: seed)
    var random = SeededGenerator(seed: seed)
    let instance = toy.statement.secondary
    return PlainBatch(
      batch: toy.key.secondary, generators: toy.secondaryGenerators, side: .secondary,
      claims: [
        RelationClaim(
          commitments: [instance.witnessCommitment, instance.errorCommitment],
          publics: [instance.u] + instance.publicInputs,
          rowPoint: (0..<toy.key.secondary.rowLog).map { _ in .random(using: &random) }, rowValue: .zero,
          claimPoint: [], claimValue: .zero)
      ], vectors: [toy.witness.secondary])
  }

  @Test("Oracle: a prover and a verifier written from the protocol agree with the package's")
  func plain() throws {
    try expectAgreement(primary(seed: 71))
    try expectAgreement(secondary(seed: 72))
  }

  private func expectAgreement<C: Curve>(_ honest: PlainBatch<C>) throws {
    let own = try honest.proof(seed: 1)
    #expect(honest.accepts(own) && honest.refusal(of: own) == nil)
    let (plain, late) = try honest.prove(seed: 2)
    #expect(honest.accepts(plain) && honest.refusal(of: plain) == nil)
    #expect(late == plain.maskCommitments)
    // The same randomness gives the same proof, every element of it.
    #expect(try honest.prove(seed: 1).proof == own)
  }

  @Test("Rejects: sumchecks about another mask than the one committed to, for a false error value")
  func rows() throws {
    for cheat in [PlainBatch<PrimaryCurve>.Cheat.outerPolynomial, .outerEnd, .rowEntry] {
      try expectRefusal(primary(seed: 73).with(rowValue: F(5)), cheat, amount: F(5))
    }
    for cheat in [PlainBatch<SecondaryCurve>.Cheat.outerPolynomial, .outerEnd, .rowEntry] {
      try expectRefusal(secondary(seed: 74).with(rowValue: S(5)), cheat, amount: S(5))
    }
  }

  @Test("Rejects: sumchecks about another mask than the one committed to, for a false evaluation claim")
  func entries() throws {
    for cheat in [PlainBatch<PrimaryCurve>.Cheat.lastChunk, .innerPolynomial] {
      try expectRefusal(primary(seed: 75).with(claimValue: F(5)), cheat, amount: F(5))
    }
  }

  /// The cheat makes a false claim pass every check but that the mask is the one committed to.
  private func expectRefusal<C: Curve>(
    _ claimed: PlainBatch<C>, _ cheat: PlainBatch<C>.Cheat, amount: C.ScalarField
  ) throws {
    let refused = DeciderError.opening(claimed.side, .openingRefused)
    for opened in [PlainBatch<C>.Opened.committed, .used] {
      let (proof, late) = try claimed.prove(seed: 3, cheat: cheat, false: amount, opened: opened)
      #expect(late != proof.maskCommitments)
      #expect(claimed.refusal(of: proof) == refused, "\(cheat), \(opened)")
    }
    // A verifier that lets masks be committed to after their challenges is taken in, but not without the cheat.
    let (proof, late) = try claimed.prove(seed: 3, cheat: cheat, false: amount, opened: .late)
    #expect(claimed.accepts(proof, late: late), "\(cheat)")
    #expect(!claimed.accepts(proof) && claimed.refusal(of: proof) == refused, "\(cheat)")
    let (honest, same) = try claimed.prove(seed: 3, opened: .late)
    #expect(!claimed.accepts(honest, late: same))
  }
}
