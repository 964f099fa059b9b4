package import Algebra

/// The opening of a running instance: five segments, a blinder per chunk, and what the fold keeps up to date.
package struct RunningWitness: Sendable {
  /// X, Y, w, A, B; each zero beyond its count.
  package var segments: [FieldVector<ScalarField>]
  /// One blinder per chunk, in the order of the commitments.
  package var blinders: [ScalarField]
  /// M_A z, M_B z, M_C z and the error E, one entry per row.
  package var az, bz, cz, error: FieldVector<ScalarField>
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
