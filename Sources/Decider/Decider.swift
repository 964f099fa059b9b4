// Decider: compression of the running instances into one Spartan-like proof, and its verifier.
// Uses the byte transcript only.
// May import: Algebra, Transcript, Commitment, ConstraintSystem, Folding.

package import Algebra
package import Commitment
import ConstraintSystem
import Transcript

/// Compression of the running instances of all kinds and of the CycleFold instance into one proof.
///
/// One transcript serves both curves: key digest, context and all instances are absorbed before the first challenge.
package struct Decider: Sendable {
  private let key: DeciderKey
  private let primary: BatchArgument<PrimaryCurve>
  private let secondary: BatchArgument<SecondaryCurve>

  /// A decider under a key, with at least as many generators as the longest chunk has entries.
  package init(key: DeciderKey, primary: Generators<PrimaryCurve>, secondary: Generators<SecondaryCurve>) {
    self.key = key
    self.primary = BatchArgument(batch: key.primary, generators: primary, side: .primary)
    self.secondary = BatchArgument(batch: key.secondary, generators: secondary, side: .secondary)
  }

  /// Proves a statement; a false one gives a proof that is refused. The proof reveals nothing of the witness, whatever it is.
  ///
  /// - Throws: `DeciderError` when the statement does not have the key's shape.
  package func prove(
    _ statement: DeciderStatement, witness: DeciderWitness, using generator: inout some RandomNumberGenerator
  ) throws(DeciderError) -> DeciderProof {
    let primaryRandomness = BatchRandomness<PrimaryCurve>(for: key.primary, using: &generator)
    let secondaryRandomness = BatchRandomness<SecondaryCurve>(for: key.secondary, using: &generator)
    return try prove(statement, witness: witness, primaryRandomness, secondaryRandomness)
  }

  /// The prover, all randomness being drawn; not generic, so that everything below is specialised.
  private func prove(
    _ statement: DeciderStatement, witness: DeciderWitness,
    _ primaryRandomness: BatchRandomness<PrimaryCurve>, _ secondaryRandomness: BatchRandomness<SecondaryCurve>
  ) throws(DeciderError) -> DeciderProof {
    try statement.check(against: key)
    var transcript = transcript(for: statement)
    let primaryProof = try primary.prove(
      statement.primary.map(RelationClaim.init), vectors: witness.primary, randomness: primaryRandomness,
      transcript: &transcript)
    let rowPoint: [SecondaryCurve.ScalarField] = transcript.challenges(key.secondary.rowLog, as: "secondary rows")
    let secondaryProof = try secondary.prove(
      [RelationClaim(statement.secondary, rowPoint: rowPoint)], vectors: [witness.secondary],
      randomness: secondaryRandomness, transcript: &transcript)
    return DeciderProof(primary: primaryProof, secondary: secondaryProof)
  }

  /// Checks a proof of a statement.
  ///
  /// - Throws: `DeciderError` naming the first check that failed.
  package func verify(_ proof: DeciderProof, of statement: DeciderStatement) throws(DeciderError) {
    try statement.check(against: key)
    var transcript = transcript(for: statement)
    try primary.verify(proof.primary, of: statement.primary.map(RelationClaim.init), transcript: &transcript)
    let rowPoint: [SecondaryCurve.ScalarField] = transcript.challenges(key.secondary.rowLog, as: "secondary rows")
    try secondary.verify(
      proof.secondary, of: [RelationClaim(statement.secondary, rowPoint: rowPoint)], transcript: &transcript)
  }

  /// A transcript that has taken in the key and everything the statement says.
  private func transcript(for statement: DeciderStatement) -> ByteTranscript {
    var transcript = ByteTranscript("LayerFold decider v2")
    transcript.absorb(key.digest, as: "key")
    transcript.absorb(statement.context, as: "context")
    for instance in statement.primary {
      transcript.absorb(instance.commitments, as: "commitments")
      transcript.absorb([instance.u, instance.x], as: "publics")
      transcript.absorb(instance.errorPoint, as: "error point")
      transcript.absorb(instance.errorValue, as: "error value")
      transcript.absorb(instance.claimPoint, as: "claim point")
      transcript.absorb(instance.claimValue, as: "claim value")
    }
    transcript.absorb(statement.secondary.witnessCommitment, as: "secondary witness")
    transcript.absorb(statement.secondary.errorCommitment, as: "secondary error")
    transcript.absorb([statement.secondary.u] + statement.secondary.publicInputs, as: "secondary publics")
    return transcript
  }
}

extension DeciderStatement {
  /// Every list has the length the key fixes, and every commitment is a point of its curve other than infinity.
  fileprivate func check(against key: DeciderKey) throws(DeciderError) {
    guard primary.count == key.primary.relations.count else {
      throw .instanceCount(expected: key.primary.relations.count, found: primary.count)
    }
    for (index, (instance, relation)) in zip(primary, key.primary.relations).enumerated() {
      guard instance.commitments.count == relation.chunks.count, instance.errorPoint.count == key.primary.rowLog,
        instance.claimPoint.count == key.primary.claimLog
      else { throw .instanceShape(.primary, relation: index) }
      for (chunk, point) in instance.commitments.enumerated() where point.isInfinity || !point.isOnCurve {
        throw .invalidCommitment(.primary, relation: index, chunk: chunk)
      }
    }
    guard secondary.publicInputs.count + 1 == key.secondary.relations[0].shape.publicCount else {
      throw .instanceShape(.secondary, relation: 0)
    }
    for (chunk, point) in [secondary.witnessCommitment, secondary.errorCommitment].enumerated()
    where point.isInfinity || !point.isOnCurve {
      throw .invalidCommitment(.secondary, relation: 0, chunk: chunk)
    }
  }
}
