package import Algebra
package import ConstraintSystem

/// The public part of a kind's running instance: what the decider proves satisfied.
///
/// With z = (chunks that have columns, u, x) and E = (M_A z) o (M_B z) - u (M_C z): E~(errorPoint) = errorValue. With Q the
/// chunks that have a place in it, and u times the tables: Q~(claimPoint) = claimValue.
package struct ClaimedInstance: Sendable, Equatable {
  /// One point for each chunk, in the order of the key's placements (X, Y, w, A, B).
  package var commitments: [AffinePoint<PrimaryCurve>]
  /// The relaxation factor.
  package var u: PrimaryCurve.ScalarField
  /// The public input.
  package var x: PrimaryCurve.ScalarField
  /// r_E, one coordinate for each variable of the rows.
  package var errorPoint: [PrimaryCurve.ScalarField]
  /// v_E.
  package var errorValue: PrimaryCurve.ScalarField
  /// r_Q, one coordinate for each variable of Q.
  package var claimPoint: [PrimaryCurve.ScalarField]
  /// v_Q.
  package var claimValue: PrimaryCurve.ScalarField

  /// An instance with these parts.
  package init(
    commitments: [AffinePoint<PrimaryCurve>], u: PrimaryCurve.ScalarField, x: PrimaryCurve.ScalarField,
    errorPoint: [PrimaryCurve.ScalarField], errorValue: PrimaryCurve.ScalarField,
    claimPoint: [PrimaryCurve.ScalarField], claimValue: PrimaryCurve.ScalarField
  ) {
    self.commitments = commitments
    self.u = u
    self.x = x
    self.errorPoint = errorPoint
    self.errorValue = errorValue
    self.claimPoint = claimPoint
    self.claimValue = claimValue
  }
}

/// The public part of a relaxed R1CS instance with a committed error: (M_A z) o (M_B z) = u (M_C z) + E, z = (W, u, IO).
///
/// - seealso: Kothapalli, Setty and Tzialla, "Nova", ePrint 2021/370, definition 12.
package struct RelaxedInstance: Sendable, Equatable {
  /// The commitment to W.
  package var witnessCommitment: AffinePoint<SecondaryCurve>
  /// The commitment to E.
  package var errorCommitment: AffinePoint<SecondaryCurve>
  /// The relaxation factor.
  package var u: SecondaryCurve.ScalarField
  /// IO.
  package var publicInputs: [SecondaryCurve.ScalarField]

  /// An instance with these parts.
  package init(
    witnessCommitment: AffinePoint<SecondaryCurve>, errorCommitment: AffinePoint<SecondaryCurve>,
    u: SecondaryCurve.ScalarField, publicInputs: [SecondaryCurve.ScalarField]
  ) {
    self.witnessCommitment = witnessCommitment
    self.errorCommitment = errorCommitment
    self.u = u
    self.publicInputs = publicInputs
  }
}

/// The secret vectors and blinders behind commitments, in the order of the commitments.
package struct CommittedVectors<F: PrimeField>: Sendable {
  /// One vector for each commitment, at most 2^k entries, the rest being zeros.
  package var chunks: [VectorChunk<F>]
  /// One blinder for each commitment.
  package var blinders: [F]
  /// A z, B z and C z, where they are at hand; computed where they are not.
  package var products: RowProducts<F>?

  /// Vectors, their blinders and their products with the matrices.
  package init(chunks: [FieldVector<F>], blinders: [F], products: RowProducts<F>? = nil) {
    self.init(chunks: chunks.map { VectorChunk($0) }, blinders: blinders, products: products)
  }

  /// Vectors, some of them parts of longer ones; likewise.
  init(chunks: [VectorChunk<F>], blinders: [F], products: RowProducts<F>? = nil) {
    precondition(chunks.count == blinders.count, "One blinder for each vector.")
    self.chunks = chunks
    self.blinders = blinders
    self.products = products
  }
}

/// What is proved: the running instances in the order of the kinds, and the CycleFold instance.
package struct DeciderStatement: Sendable, Equatable {
  /// Whatever else the proof must be tied to: the last instance, its public input's preimage, the caller's statement.
  package var context: [UInt8]
  /// One running instance for each kind.
  package var primary: [ClaimedInstance]
  /// The CycleFold instance.
  package var secondary: RelaxedInstance

  /// A statement.
  package init(context: [UInt8], primary: [ClaimedInstance], secondary: RelaxedInstance) {
    self.context = context
    self.primary = primary
    self.secondary = secondary
  }
}

/// The secrets behind a `DeciderStatement`.
package struct DeciderWitness: Sendable {
  /// The chunks of every kind.
  package var primary: [CommittedVectors<PrimaryCurve.ScalarField>]
  /// W and E.
  package var secondary: CommittedVectors<SecondaryCurve.ScalarField>

  /// The secrets of all kinds, and W and E.
  package init(
    primary: [CommittedVectors<PrimaryCurve.ScalarField>], secondary: CommittedVectors<SecondaryCurve.ScalarField>
  ) {
    self.primary = primary
    self.secondary = secondary
  }
}
