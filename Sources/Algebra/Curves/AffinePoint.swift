/// A point of a curve by its coordinates, 64 bytes; (0, 0), which is on no curve with b != 0, stands for infinity.
@usableFromInline
package struct AffinePoint<C: Curve>: Sendable, Hashable {
  /// The first coordinate, 0 at infinity.
  @usableFromInline package var x: C.BaseField
  /// The second coordinate, 0 at infinity.
  @usableFromInline package var y: C.BaseField

  /// The point with these coordinates, which the caller knows to be on the curve (or zero twice for infinity).
  @inlinable package init(uncheckedX x: C.BaseField, y: C.BaseField) {
    self.x = x
    self.y = y
  }

  /// The point with these coordinates.
  ///
  /// - Throws: `AlgebraError.pointNotOnCurve` when they do not satisfy the curve equation.
  package init(x: C.BaseField, y: C.BaseField) throws(AlgebraError) {
    self.init(uncheckedX: x, y: y)
    guard !isInfinity && isOnCurve else { throw .pointNotOnCurve }
  }

  /// The neutral element.
  @inlinable package static var infinity: Self { Self(uncheckedX: .zero, y: .zero) }
  /// Whether this is the neutral element.
  @inlinable package var isInfinity: Bool { x.isZero && y.isZero }
  /// The group's agreed generator.
  package static var generator: Self { C.generator }

  /// Whether the point is infinity or satisfies the curve equation.
  @inlinable package var isOnCurve: Bool { isInfinity || y.squared() == x.squared() * x + C.b }

  /// The additive inverse.
  @inlinable package static prefix func - (point: Self) -> Self { Self(uncheckedX: point.x, y: -point.y) }
}
