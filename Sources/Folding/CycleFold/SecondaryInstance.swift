package import Algebra
import Transcript

/// A running instance of CycleFold: relaxed R1CS over Fq, committed on Grumpkin.
///
/// Satisfied when W^ and E^ open to a trace and an error with (A z) o (B z) = u (C z) + E, z = (u, publics, trace).
/// - seealso: ePrint 2021/370 (Nova).
package struct SecondaryInstance: Sendable, Hashable {
  /// W^.
  package var trace: AffinePoint<SecondaryCurve>
  /// E^.
  package var error: AffinePoint<SecondaryCurve>
  /// The relaxation factor; 1 in a fresh instance.
  package var u: BaseField
  /// The folded public lists of `CycleFoldStatement`.
  package var publics: [BaseField]

  /// An instance from parts.
  package init(
    trace: AffinePoint<SecondaryCurve>, error: AffinePoint<SecondaryCurve>, u: BaseField, publics: [BaseField]
  ) {
    self.trace = trace
    self.error = error
    self.u = u
    self.publics = publics
  }

  /// How the public state names the instance: H("cyclefold"; W.x, W.y, E.x, E.y, u, publics), elements of Fq as
  /// `CycleFoldEncoding` says.
  package func digest(digitBits: Int) -> ScalarField {
    PoseidonHash.hash(
      tag: Self.tag,
      [trace.x, trace.y, error.x, error.y] + CycleFoldEncoding.elements([u] + publics, digitBits: digitBits))
  }

  /// The tag of digests.
  static let tag: Tag = "cyclefold"

  /// self + r fresh, for the fresh instance with the public list of `statement` and W^ of `message`, and T^ of
  /// `message`.
  func folded(
    with statement: CycleFoldStatement, _ message: SecondaryFoldMessage, by r: BaseField
  ) -> SecondaryInstance {
    precondition(statement.publics.count == publics.count, "instances of one number of chunks")
    let sums = ProjectivePoint.normalized([
      message.trace.multiplied(variableTime: r) + trace, message.crossTerm.multiplied(variableTime: r) + error,
    ])
    return SecondaryInstance(
      trace: sums[0], error: sums[1], u: u + r, publics: zip(publics, statement.publics).map { $0 + r * $1 })
  }
}

/// What the prover of a CycleFold fold sends: two points of Grumpkin.
package struct SecondaryFoldMessage: Sendable, Hashable {
  /// W^ of the fresh instance, whose u is 1 and E is 0.
  package var trace: AffinePoint<SecondaryCurve>
  /// T^, the commitment to the cross term.
  package var crossTerm: AffinePoint<SecondaryCurve>

  /// A message from parts.
  package init(trace: AffinePoint<SecondaryCurve>, crossTerm: AffinePoint<SecondaryCurve>) {
    self.trace = trace
    self.crossTerm = crossTerm
  }
}
