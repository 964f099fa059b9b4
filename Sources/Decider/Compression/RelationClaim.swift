package import Algebra

/// The public part of one relation of a batch, in the form common to both curves.
///
/// With z = (chunks, publics) and rows = (A z) o (B z) - u (C z) - E: rows~(rowPoint) = rowValue; and for relations with
/// a place in Q: Q~(claimPoint) = claimValue, the tables included.
package struct RelationClaim<C: Curve>: Sendable {
  /// One point for each chunk.
  package let commitments: [AffinePoint<C>]
  /// The public columns, u first.
  package let publics: [C.ScalarField]
  /// The point of the rows.
  package let rowPoint: [C.ScalarField]
  /// The rows' value there.
  package let rowValue: C.ScalarField
  /// The point of Q.
  package let claimPoint: [C.ScalarField]
  /// The value of Q there.
  package let claimValue: C.ScalarField

  /// A claim with these parts.
  package init(
    commitments: [AffinePoint<C>], publics: [C.ScalarField], rowPoint: [C.ScalarField], rowValue: C.ScalarField,
    claimPoint: [C.ScalarField], claimValue: C.ScalarField
  ) {
    self.commitments = commitments
    self.publics = publics
    self.rowPoint = rowPoint
    self.rowValue = rowValue
    self.claimPoint = claimPoint
    self.claimValue = claimValue
  }

  /// u.
  var u: C.ScalarField { publics[0] }
}

extension RelationClaim where C == PrimaryCurve {
  /// The claim of a running instance.
  init(_ instance: ClaimedInstance) {
    self.init(
      commitments: instance.commitments, publics: [instance.u, instance.x], rowPoint: instance.errorPoint,
      rowValue: instance.errorValue, claimPoint: instance.claimPoint, claimValue: instance.claimValue)
  }
}

extension RelationClaim where C == SecondaryCurve {
  /// The claim that all rows of a relaxed instance are zero, at a point chosen after the instance was fixed.
  init(_ instance: RelaxedInstance, rowPoint: [SecondaryCurve.ScalarField]) {
    self.init(
      commitments: [instance.witnessCommitment, instance.errorCommitment],
      publics: [instance.u] + instance.publicInputs,
      rowPoint: rowPoint, rowValue: .zero, claimPoint: [], claimValue: .zero)
  }
}
