package import Algebra

/// The field of 43 elements, for exhaustive tests.
package enum TinyBaseParameters: MontgomeryParameters {
  /// 43.
  package static var modulus: Limbs { (43, 0, 0, 0) }
  /// 2^256 mod 43.
  package static var one: Limbs { (16, 0, 0, 0) }
  /// 2^512 mod 43.
  package static var radixSquared: Limbs { (41, 0, 0, 0) }
  /// 42 is twice an odd number.
  package static var twoAdicity: Int { 1 }
  /// -1 in Montgomery form.
  package static var twoAdicRoot: Limbs { (27, 0, 0, 0) }
}

/// The field of 31 elements, for exhaustive tests.
package enum TinyScalarParameters: MontgomeryParameters {
  /// 31.
  package static var modulus: Limbs { (31, 0, 0, 0) }
  /// 2^256 mod 31.
  package static var one: Limbs { (2, 0, 0, 0) }
  /// 2^512 mod 31.
  package static var radixSquared: Limbs { (4, 0, 0, 0) }
  /// 30 is twice an odd number.
  package static var twoAdicity: Int { 1 }
  /// -1 in Montgomery form.
  package static var twoAdicRoot: Limbs { (29, 0, 0, 0) }
}

/// y^2 = x^3 + 7 over the field of 43 elements: a group of 31 points, small enough to try every case.
package enum TinyCurve: Curve {
  /// Integers modulo 43.
  package typealias BaseField = MontgomeryField<TinyBaseParameters>
  /// Integers modulo 31.
  package typealias ScalarField = MontgomeryField<TinyScalarParameters>
  /// 7.
  package static var b: BaseField { BaseField(7) }
  /// (2, 12).
  package static var generator: AffinePoint<TinyCurve> { AffinePoint(uncheckedX: BaseField(2), y: BaseField(12)) }
  /// "tiny".
  package static var name: String { "tiny" }

  /// All 31 points: at index k, k times the generator.
  package static var allPoints: [AffinePoint<TinyCurve>] {
    var points = [AffinePoint<TinyCurve>.infinity]
    for _ in 1..<31 { points.append((ProjectivePoint(points[points.count - 1]) + generator).affine) }
    return points
  }
}
