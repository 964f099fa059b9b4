/// A prime field: the integers modulo a prime below 2^255, with every element stored in exactly one way.
///
/// What it is not: a numeric type. There is no order, no magnitude and no division with remainder.
/// Laws, for all a, b, c:
/// - (+, zero) and, without zero, (*, one) are commutative groups, and * distributes over +;
/// - `a.inverse()` is nil exactly for zero, and otherwise `a * a.inverse() == one`;
/// - two elements are `==` exactly when their `canonicalLimbs` are;
/// - arithmetic takes the same time for all values, except where a name or a comment says otherwise.
@usableFromInline package protocol PrimeField: Sendable, Hashable, CustomStringConvertible, FieldKernels {
  /// The neutral element of addition.
  static var zero: Self { get }
  /// The neutral element of multiplication.
  static var one: Self { get }
  /// The prime, as four little-endian 64-bit limbs.
  static var modulusLimbs: Limbs { get }

  /// The sum.
  static func + (left: Self, right: Self) -> Self
  /// The difference.
  static func - (left: Self, right: Self) -> Self
  /// The product.
  static func * (left: Self, right: Self) -> Self
  /// Adds in place.
  static func += (left: inout Self, right: Self)
  /// Subtracts in place.
  static func -= (left: inout Self, right: Self)
  /// Multiplies in place.
  static func *= (left: inout Self, right: Self)
  /// The additive inverse.
  static prefix func - (value: Self) -> Self

  /// The square.
  func squared() -> Self
  /// Twice the element.
  func doubled() -> Self
  /// The multiplicative inverse; nil for zero.
  func inverse() -> Self?
  /// One of the two square roots, or nil when there is none; time depends on the element.
  func squareRoot() -> Self?

  /// The element represented by `value`.
  init(_ value: UInt64)
  /// The element represented by a value below 2^256, reduced.
  init(reducing limbs: Limbs)
  /// The element represented by a value below 2^512, `low + 2^256 high`, reduced.
  init(reducing low: Limbs, high: Limbs)
  /// The element whose canonical representative is given; nil when it is not below the modulus.
  init?(canonicalLimbs: Limbs)
  /// The representative in [0, modulus), as four little-endian 64-bit limbs.
  var canonicalLimbs: Limbs { get }
}

/// A 256-bit integer as four 64-bit limbs, least significant first.
@usableFromInline package typealias Limbs = (UInt64, UInt64, UInt64, UInt64)

extension PrimeField {
  /// Whether this is the neutral element of addition.
  @inlinable package var isZero: Bool { self == .zero }

  /// The element represented by `value`; a negative one wraps modulo the prime.
  @inlinable package init(_ value: Int) { self.init(Int64(value)) }

  /// The element represented by `value`; a negative one wraps modulo the prime.
  @inlinable package init(_ value: Int64) {
    let magnitude = Self(value.magnitude)
    self = value < 0 ? -magnitude : magnitude
  }

  /// The element represented by `value`; a negative one wraps modulo the prime.
  @inlinable package init(_ value: Int128) {
    let magnitude = value.magnitude
    let low = UInt64(truncatingIfNeeded: magnitude)
    let high = UInt64(truncatingIfNeeded: magnitude >> 64)
    let element = Self(reducing: (low, high, 0, 0))
    self = value < 0 ? -element : element
  }

  /// A uniformly random element: 512 random bits, reduced (distance from uniform below 2^-250).
  @inlinable package static func random(using generator: inout some RandomNumberGenerator) -> Self {
    let low = (generator.next(), generator.next(), generator.next(), generator.next()) as Limbs
    let high = (generator.next(), generator.next(), generator.next(), generator.next()) as Limbs
    return Self(reducing: low, high: high)
  }

  /// The element raised to a public exponent, given as little-endian limbs; time depends on the exponent.
  @inlinable package func power(_ exponent: [UInt64]) -> Self {
    var result = Self.one
    var started = false
    for limb in exponent.reversed() {
      for bit in (0..<64).reversed() {
        if started { result = result.squared() }
        if limb >> UInt64(bit) & 1 == 1 {
          result = started ? result * self : self
          started = true
        }
      }
    }
    return result
  }

  /// Replaces an element by its product with a small signed integer.
  @inlinable package func multiplied(by small: Int64) -> Self { self * Self(small) }
}
