/// A point of a curve in Jacobian coordinates: (X / Z^2, Y / Z^3), infinity when Z = 0. One point has many such
/// triples.
///
/// Laws: `+` makes the points a commutative group with neutral element `infinity`, for all operands, equal, opposite
/// and infinite ones included. Which case applies can be seen from the time it takes.
///
/// - seealso: Bernstein and Lange, Explicit-Formulas Database, short Weierstrass curves with a = 0, Jacobian
///   coordinates: add-2007-bl, madd-2007-bl, dbl-2009-l.
@usableFromInline
package struct ProjectivePoint<C: Curve>: Sendable {
  /// X, with x = X / Z^2.
  @usableFromInline package var x: C.BaseField
  /// Y, with y = Y / Z^3.
  @usableFromInline package var y: C.BaseField
  /// Z, zero at infinity only.
  @usableFromInline package var z: C.BaseField

  @inlinable init(x: C.BaseField, y: C.BaseField, z: C.BaseField) {
    self.x = x
    self.y = y
    self.z = z
  }

  /// The same point as an affine one.
  @inlinable package init(_ point: AffinePoint<C>) {
    self.init(x: point.x, y: point.y, z: point.isInfinity ? .zero : .one)
  }

  /// The neutral element.
  @inlinable package static var infinity: Self { Self(x: .one, y: .one, z: .zero) }
  /// The group's agreed generator.
  package static var generator: Self { Self(C.generator) }
  /// Whether this is the neutral element.
  @inlinable package var isInfinity: Bool { z.isZero }

  /// The additive inverse.
  @inlinable package static prefix func - (point: Self) -> Self { Self(x: point.x, y: -point.y, z: point.z) }

  /// Twice the point.
  @inlinable package func doubled() -> Self {
    let xx = x.squared()
    let yy = y.squared()
    let yyyy = yy.squared()
    let s = ((x + yy).squared() - xx - yyyy).doubled()
    let slope = xx.doubled() + xx
    let newX = slope.squared() - s.doubled()
    let newY = slope * (s - newX) - yyyy.doubled().doubled().doubled()
    return Self(x: newX, y: newY, z: (y * z).doubled())
  }

  /// The sum.
  @inlinable package static func + (left: Self, right: Self) -> Self {
    if left.isInfinity { return right }
    if right.isInfinity { return left }
    let z1z1 = left.z.squared()
    let z2z2 = right.z.squared()
    let u1 = left.x * z2z2
    let s1 = left.y * right.z * z2z2
    let h = right.x * z1z1 - u1
    let r = right.y * left.z * z1z1 - s1
    if h.isZero { return r.isZero ? left.doubled() : .infinity }
    return combined(u1: u1, s1: s1, h: h, halfSlope: r, z: left.z * right.z)
  }

  /// The sum with an affine point.
  @inlinable package static func + (left: Self, right: AffinePoint<C>) -> Self {
    if right.isInfinity { return left }
    if left.isInfinity { return Self(right) }
    let z1z1 = left.z.squared()
    let h = right.x * z1z1 - left.x
    let r = right.y * left.z * z1z1 - left.y
    if h.isZero { return r.isZero ? left.doubled() : .infinity }
    return combined(u1: left.x, s1: left.y, h: h, halfSlope: r, z: left.z)
  }

  /// The point on the line through (u1, s1) with slope `halfSlope / h`, h != 0, over the common denominator z h.
  @inlinable static func combined(
    u1: C.BaseField, s1: C.BaseField, h: C.BaseField, halfSlope r: C.BaseField, z: C.BaseField
  ) -> Self {
    let hh = h.squared()
    let hhh = hh * h
    let v = u1 * hh
    let newX = r.squared() - hhh - v.doubled()
    return Self(x: newX, y: r * (v - newX) - s1 * hhh, z: z * h)
  }

  /// The difference.
  @inlinable package static func - (left: Self, right: Self) -> Self { left + -right }
  /// The difference with an affine point.
  @inlinable package static func - (left: Self, right: AffinePoint<C>) -> Self { left + -right }
  /// Adds in place.
  @inlinable package static func += (left: inout Self, right: Self) { left = left + right }
  /// Adds an affine point in place.
  @inlinable package static func += (left: inout Self, right: AffinePoint<C>) { left = left + right }
  /// Subtracts in place.
  @inlinable package static func -= (left: inout Self, right: Self) { left = left - right }
}

extension ProjectivePoint: Equatable {
  /// Whether the two triples stand for the same point.
  @inlinable package static func == (left: Self, right: Self) -> Bool {
    if left.isInfinity || right.isInfinity { return left.isInfinity && right.isInfinity }
    let z1z1 = left.z.squared()
    let z2z2 = right.z.squared()
    return left.x * z2z2 == right.x * z1z1 && left.y * right.z * z2z2 == right.y * left.z * z1z1
  }
}

// MARK: - Conversion to affine coordinates

extension ProjectivePoint {
  /// The coordinates; one inversion.
  @inlinable package var affine: AffinePoint<C> {
    guard let inverse = z.inverse() else { return .infinity }
    let square = inverse.squared()
    return AffinePoint(uncheckedX: x * square, y: y * square * inverse)
  }

  /// The coordinates of all points; one inversion in all.
  @inlinable package static func normalized(_ points: [Self]) -> [AffinePoint<C>] {
    var inverses = points.map(\.z)
    batchInverse(&inverses)
    return points.indices.map { index in
      // The inverse of z = 0 is left at 0, which gives (0, 0): infinity.
      let square = inverses[index].squared()
      return AffinePoint(uncheckedX: points[index].x * square, y: points[index].y * square * inverses[index])
    }
  }
}
