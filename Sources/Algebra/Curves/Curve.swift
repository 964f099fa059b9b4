/// An elliptic curve y^2 = x^3 + b over a prime field, whose points form a group of prime order (so no point has y =
/// 0).
///
/// Types conforming are uninhabited enums holding constants. The heavy operations are requirements, so that generic
/// code reaches the implementation that was specialised for the curve.
@usableFromInline
package protocol Curve: Sendable {
  /// The field of the coordinates.
  associatedtype BaseField: PrimeField
  /// The integers modulo the order of the group.
  associatedtype ScalarField: PrimeField

  /// The constant of the curve equation, not zero.
  static var b: BaseField { get }
  /// The agreed generator of the group.
  static var generator: AffinePoint<Self> { get }
  /// The curve's name in lower case, used in domain separation.
  static var name: String { get }

  /// The point times the scalar; time depends on the scalar.
  static func multiply(_ point: AffinePoint<Self>, variableTime scalar: ScalarField) -> ProjectivePoint<Self>
  /// sum_i scalars[i] bases[i], for at least as many bases as scalars; time depends on the scalars.
  static func multiScalarMultiplication(
    _ scalars: [ScalarField], _ bases: [AffinePoint<Self>]
  ) -> ProjectivePoint<Self>
  /// sum_i integers[i] bases[i], for at least as many bases as integers; time depends on the integers.
  static func multiScalarMultiplication(
    small integers: [Int64], _ bases: [AffinePoint<Self>]
  ) -> ProjectivePoint<Self>
  /// The sum of scalar bases[index] over the terms; time depends on the scalars.
  static func multiScalarMultiplication(
    sparse terms: [(index: Int, scalar: ScalarField)], _ bases: [AffinePoint<Self>]
  ) -> ProjectivePoint<Self>
}

/// BN254's first group G, also called alt_bn128: y^2 = x^3 + 3 over `BaseField`, of order r.
///
/// - seealso: EIP-196; Barreto and Naehrig, "Pairing-friendly elliptic curves of prime order" (2005).
@usableFromInline package enum BN254: Curve {
  /// Integers modulo q.
  @usableFromInline package typealias BaseField = MontgomeryField<BaseFieldParameters>
  /// Integers modulo r.
  @usableFromInline package typealias ScalarField = MontgomeryField<ScalarFieldParameters>

  /// 3.
  @inlinable package static var b: BaseField { BaseField(3) }
  /// (1, 2).
  @usableFromInline package static var generator: AffinePoint<BN254> {
    AffinePoint(uncheckedX: BaseField(1), y: BaseField(2))
  }
  /// "bn254".
  @usableFromInline package static var name: String { "bn254" }
}

/// Grumpkin H, the curve that forms a cycle with BN254's first group: y^2 = x^3 - 17 over `ScalarField`, of order q.
@usableFromInline package enum Grumpkin: Curve {
  /// Integers modulo r.
  @usableFromInline package typealias BaseField = MontgomeryField<ScalarFieldParameters>
  /// Integers modulo q.
  @usableFromInline package typealias ScalarField = MontgomeryField<BaseFieldParameters>

  /// -17.
  @inlinable package static var b: BaseField { BaseField(-17) }
  /// The point with x = 1 and the smaller square root of -16 as y.
  @usableFromInline package static var generator: AffinePoint<Grumpkin> {
    AffinePoint(
      uncheckedX: .one,
      y: BaseField(reducing: (0x833f_c48d_823f_272c, 0x2d27_0d45_f118_1294, 0xcf13_5e75_06a4_5d63, 2)))
  }
  /// "grumpkin".
  @usableFromInline package static var name: String { "grumpkin" }
}

/// The curve whose scalars are the field of the proof system.
@usableFromInline package typealias PrimaryCurve = BN254
/// The curve whose coordinates are the field of the proof system.
@usableFromInline package typealias SecondaryCurve = Grumpkin
