extension Curve {
  /// The point times the scalar, by windows of four bits; time depends on the scalar.
  @usableFromInline package static func multiply(
    _ point: AffinePoint<Self>, variableTime scalar: ScalarField
  ) -> ProjectivePoint<Self> {
    let base = ProjectivePoint(point)
    var multiples = [ProjectivePoint<Self>.infinity, base]
    for index in 2..<16 {
      multiples.append(index % 2 == 0 ? multiples[index / 2].doubled() : multiples[index - 1] + point)
    }
    let limbs = scalar.canonicalLimbs
    var result = ProjectivePoint<Self>.infinity
    for limb in [limbs.3, limbs.2, limbs.1, limbs.0] {
      for shift in stride(from: UInt64(60), through: 0, by: -4) {
        if !result.isInfinity { result = result.doubled().doubled().doubled().doubled() }
        let digit = Int(limb >> shift & 15)
        if digit != 0 { result += multiples[digit] }
      }
    }
    return result
  }
}

extension AffinePoint {
  /// The point times the scalar; time depends on the scalar.
  package func multiplied(variableTime scalar: C.ScalarField) -> ProjectivePoint<C> {
    C.multiply(self, variableTime: scalar)
  }
}

extension ProjectivePoint {
  /// The point times the scalar; time depends on the scalar.
  package func multiplied(variableTime scalar: C.ScalarField) -> ProjectivePoint<C> {
    C.multiply(affine, variableTime: scalar)
  }
}
