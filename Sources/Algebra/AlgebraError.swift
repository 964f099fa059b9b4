/// What can be wrong with algebraic values that come from outside.
package enum AlgebraError: Error, Equatable {
  /// An encoding has a length other than the one its type has, both in bytes.
  case encodingLength(expected: Int, found: Int)
  /// A coordinate is not below the modulus, or a flag is set that this encoding must not have.
  case encodingNotCanonical
  /// No point of the curve has these coordinates.
  case pointNotOnCurve
}
