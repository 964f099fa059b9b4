package import Algebra
import Transcript

/// The multilinear extension of the vector committed to takes this value at this point.
package struct OpeningStatement<C: Curve>: Sendable {
  /// com(v; s) for a vector of 2^m entries.
  package let commitment: AffinePoint<C>
  /// The m coordinates; coordinate i goes with bit i of the index.
  package let point: [C.ScalarField]
  /// v~(point).
  package let value: C.ScalarField

  /// A statement about a commitment under the first 2^m generators, m being the number of coordinates.
  package init(commitment: AffinePoint<C>, point: [C.ScalarField], value: C.ScalarField) {
    self.commitment = commitment
    self.point = point
    self.value = value
  }

  /// Takes in everything the statement says.
  func absorb(into transcript: inout ByteTranscript) {
    transcript.absorb(commitment, as: "opening commitment")
    transcript.absorb(point, as: "opening point")
    transcript.absorb(value, as: "opening value")
  }
}
