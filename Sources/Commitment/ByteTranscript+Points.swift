package import Algebra
package import Transcript

extension ByteTranscript {
  /// Takes in points by their uncompressed encodings.
  package mutating func absorb<C: Curve>(_ points: [AffinePoint<C>], as label: String) {
    absorb(points.flatMap(\.uncompressed), as: label)
  }

  /// Takes in one point, as a list of one.
  package mutating func absorb<C: Curve>(_ point: AffinePoint<C>, as label: String) { absorb([point], as: label) }
}
