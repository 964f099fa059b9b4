import Algebra
import Commitment
import Decider
import Support
import Testing
import Transcript

/// Nothing of a proof can be changed without changing every challenge after it.
@Suite("Absorption")
struct AbsorptionTests {
  /// A challenge drawn after both arguments, which are left as the verifier leaves them; a refusal comes after all of a proof
  /// has been read.
  private func challenge(after proof: DeciderProof, of toy: ToyDecider) -> F {
    var transcript = ByteTranscript("test")
    let claims = toy.statement.primary.map {
      RelationClaim<PrimaryCurve>(
        commitments: $0.commitments, publics: [$0.u, $0.x], rowPoint: $0.errorPoint, rowValue: $0.errorValue,
        claimPoint: $0.claimPoint, claimValue: $0.claimValue)
    }
    let instance = toy.statement.secondary
    let secondary = RelationClaim<SecondaryCurve>(
      commitments: [instance.witnessCommitment, instance.errorCommitment],
      publics: [instance.u] + instance.publicInputs, rowPoint: [S](repeating: S(3), count: toy.key.secondary.rowLog),
      rowValue: .zero, claimPoint: [], claimValue: .zero)
    do {
      try BatchArgument(batch: toy.key.primary, generators: toy.primaryGenerators, side: .primary)
        .verify(proof.primary, of: claims, transcript: &transcript)
      Issue.record("challenges other than the proof's were accepted")
    } catch { #expect(error == .opening(.primary, .openingRefused)) }
    do {
      try BatchArgument(batch: toy.key.secondary, generators: toy.secondaryGenerators, side: .secondary)
        .verify(proof.secondary, of: [secondary], transcript: &transcript)
      Issue.record("challenges other than the proof's were accepted")
    } catch { #expect(error == .opening(.secondary, .openingRefused)) }
    return transcript.challenge(as: "end")
  }

  @Test("Rejects: every element of a proof changes the challenges after it")
  func everyElementIsAbsorbed() throws {
    let toy = try ToyDecider(seed: 51)
    let proof = try toy.prove()
    let bytes = proof.encoded
    var challenges: Set<F> = [challenge(after: proof, of: toy)]
    for start in stride(from: 0, to: bytes.count, by: 32) {
      // The next number that encodes something: an element, or a point with another x.
      var changed = bytes
      var other: DeciderProof?
      while other == nil {
        changed[start] &+= 1
        other = Result { try DeciderProof(encoded: changed, key: toy.key) }.value
      }
      guard let other else { continue }
      #expect(challenges.insert(challenge(after: other, of: toy)).inserted, "the element at byte \(start)")
    }
    #expect(challenges.count == bytes.count / 32 + 1)
  }
}

extension Result {
  /// The value of a success.
  fileprivate var value: Success? { if case .success(let value) = self { value } else { nil } }
}
