package import Algebra
package import ConstraintSystem

/// The opening of a running instance: five segments, a blinder per chunk, and what the fold keeps up to date.
package struct RunningWitness: Sendable {
  /// X, Y, w, A, B; each zero beyond its count.
  package var segments: [FieldVector<ScalarField>]
  /// One blinder per chunk, in the order of the commitments.
  package var blinders: [ScalarField]
  /// M_A z, M_B z, M_C z and the error E, one entry per row.
  package var az, bz, cz, error: FieldVector<ScalarField>

  /// An opening of segments with a product of each matrix; the error is (M_A z) o (M_B z) - u M_C z.
  package init(
    segments: [FieldVector<ScalarField>], blinders: [ScalarField], products: RowProducts<ScalarField>, u: ScalarField
  ) {
    self.segments = segments
    self.blinders = blinders
    (az, bz, cz) = (FieldVector(products.a), FieldVector(products.b), FieldVector(products.c))
    error = az.hadamard(bz)
    error.addScaled(cz, by: -u)
  }

  /// An opening from parts.
  init(
    segments: [FieldVector<ScalarField>], blinders: [ScalarField], az: FieldVector<ScalarField>,
    bz: FieldVector<ScalarField>, cz: FieldVector<ScalarField>, error: FieldVector<ScalarField>
  ) {
    self.segments = segments
    self.blinders = blinders
    (self.az, self.bz, self.cz, self.error) = (az, bz, cz, error)
  }
}

/// The opening of a fresh instance: small integers, and the trace.
package struct FreshWitness: Sendable {
  /// X, Y, w, A as integers, each zero beyond its count.
  package var integers: [[Int64]]
  /// B.
  package var trace: FieldVector<ScalarField>
  /// One blinder per chunk, in the order of the commitments.
  package var blinders: [ScalarField]

  /// An opening from parts.
  package init(integers: [[Int64]], trace: FieldVector<ScalarField>, blinders: [ScalarField]) {
    self.integers = integers
    self.trace = trace
    self.blinders = blinders
  }
}
