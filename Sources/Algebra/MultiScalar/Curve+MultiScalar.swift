// The sum of scalar_i bases_i: the operation that commitments consist of. On all processors; the result does not
// depend on how many there are. Time depends on the scalars: which digits are zero, and the largest magnitude.

extension Curve {
  /// sum_i scalars[i] bases[i]; there are at least as many bases as scalars, and further ones are not used.
  @usableFromInline package static func multiScalarMultiplication(
    _ scalars: [ScalarField], _ bases: [AffinePoint<Self>]
  ) -> ProjectivePoint<Self> {
    precondition(scalars.count <= bases.count, "A base for every scalar.")
    if scalars.count < Straus<Self>.limit { return Straus.multiply(scalars, Array(bases.prefix(scalars.count))) }
    return Pippenger.multiply(WideDigits(scalars), bases)
  }

  /// sum_i integers[i] bases[i]; the cost falls with the bits of the largest magnitude, and zeros cost nothing.
  @usableFromInline package static func multiScalarMultiplication(
    small integers: [Int64], _ bases: [AffinePoint<Self>]
  ) -> ProjectivePoint<Self> {
    precondition(integers.count <= bases.count, "A base for every integer.")
    let digits = SmallDigits(integers)
    if integers.count < Straus<Self>.limit || digits.bitWidth > SmallDigits.maximumBitWidth {
      return multiScalarMultiplication(integers.map { ScalarField($0) }, bases)
    }
    return Pippenger.multiply(digits, bases)
  }

  /// The sum of scalar bases[index] over the terms; an index may occur more than once.
  @usableFromInline package static func multiScalarMultiplication(
    sparse terms: [(index: Int, scalar: ScalarField)], _ bases: [AffinePoint<Self>]
  ) -> ProjectivePoint<Self> {
    multiScalarMultiplication(terms.map(\.scalar), terms.map { bases[$0.index] })
  }

  /// sum_i integers[i] bases[i], for integers of any signed type.
  package static func multiScalarMultiplication<Integer: FixedWidthInteger & SignedInteger>(
    small integers: [Integer], _ bases: [AffinePoint<Self>]
  ) -> ProjectivePoint<Self> {
    multiScalarMultiplication(small: integers.map { Int64($0) }, bases)
  }
}
