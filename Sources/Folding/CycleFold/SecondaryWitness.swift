package import Algebra

/// The opening of a running CycleFold instance, and the products the next fold needs.
package struct SecondaryWitness: Sendable {
  /// W.
  package var trace: FieldVector<BaseField>
  /// The blinder of W^.
  package var traceBlinder: BaseField
  /// E, one entry per row.
  package var error: FieldVector<BaseField>
  /// The blinder of E^.
  package var errorBlinder: BaseField
  /// A z, B z and C z, one entry per row.
  package var az, bz, cz: FieldVector<BaseField>

  /// self + r fresh for the trace and its products, and + r cross term for the error.
  mutating func fold(
    _ fresh: SecondaryFresh, _ crossTerm: FieldVector<BaseField>, blinder: BaseField, by r: BaseField
  ) {
    trace.addScaled(fresh.trace, by: r)
    traceBlinder += r * fresh.blinder
    az.addScaled(fresh.az, by: r)
    bz.addScaled(fresh.bz, by: r)
    cz.addScaled(fresh.cz, by: r)
    error.addScaled(crossTerm, by: r)
    errorBlinder += r * blinder
  }
}

/// A fresh CycleFold instance with its opening: u = 1 and E = 0 by definition.
struct SecondaryFresh: Sendable {
  /// W^.
  let commitment: AffinePoint<SecondaryCurve>
  /// W.
  let trace: FieldVector<BaseField>
  /// The blinder of W^.
  let blinder: BaseField
  /// A z, B z and C z for z = (1, publics, trace).
  let az, bz, cz: FieldVector<BaseField>
}
