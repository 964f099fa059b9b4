/// A prime field element x stored as x R mod p, R = 2^256, in four 64-bit limbs, always below p.
///
/// - seealso: Montgomery, "Modular multiplication without trial division" (1985); the product keeps no fifth limb
///   because p is below 2^255.
@usableFromInline package struct MontgomeryField<Parameters: MontgomeryParameters>: PrimeField {
  /// Limb of weight 1 of x R mod p.
  @usableFromInline package let l0: UInt64
  /// Limb of weight 2^64 of x R mod p.
  @usableFromInline package let l1: UInt64
  /// Limb of weight 2^128 of x R mod p.
  @usableFromInline package let l2: UInt64
  /// Limb of weight 2^192 of x R mod p.
  @usableFromInline package let l3: UInt64

  /// The element whose Montgomery form is given, which must be below the modulus.
  @inlinable package init(montgomery limbs: Limbs) {
    l0 = limbs.0
    l1 = limbs.1
    l2 = limbs.2
    l3 = limbs.3
  }

  /// The Montgomery form x R mod p, least significant limb first.
  @inlinable package var montgomeryLimbs: Limbs { (l0, l1, l2, l3) }

  /// The neutral element of addition.
  @inlinable package static var zero: Self { Self(montgomery: (0, 0, 0, 0)) }
  /// The neutral element of multiplication.
  @inlinable package static var one: Self { Self(montgomery: Parameters.one) }
  /// The prime, least significant limb first.
  @inlinable package static var modulusLimbs: Limbs { Parameters.modulus }

  /// -p^-1 mod 2^64, by Newton's iteration; folded to a constant when specialised.
  @inlinable package static var negativeInverse: UInt64 {
    let p = Parameters.modulus.0
    var inverse = p  // correct to 3 bits, since p is odd
    inverse = inverse &* (2 &- p &* inverse)
    inverse = inverse &* (2 &- p &* inverse)
    inverse = inverse &* (2 &- p &* inverse)
    inverse = inverse &* (2 &- p &* inverse)
    inverse = inverse &* (2 &- p &* inverse)
    return 0 &- inverse
  }
}

// MARK: - Addition

extension MontgomeryField {
  /// The sum.
  @inlinable package static func + (left: Self, right: Self) -> Self {
    let (s0, c0) = addingWithCarry(left.l0, right.l0, 0)
    let (s1, c1) = addingWithCarry(left.l1, right.l1, c0)
    let (s2, c2) = addingWithCarry(left.l2, right.l2, c1)
    return reducedOnce((s0, s1, s2, left.l3 &+ right.l3 &+ c2))
  }

  /// The difference.
  @inlinable package static func - (left: Self, right: Self) -> Self {
    let (d0, b0) = subtractingWithBorrow(left.l0, right.l0, 0)
    let (d1, b1) = subtractingWithBorrow(left.l1, right.l1, b0)
    let (d2, b2) = subtractingWithBorrow(left.l2, right.l2, b1)
    let (d3, b3) = subtractingWithBorrow(left.l3, right.l3, b2)
    let mask = 0 &- b3
    let p = Parameters.modulus
    let (r0, c0) = addingWithCarry(d0, p.0 & mask, 0)
    let (r1, c1) = addingWithCarry(d1, p.1 & mask, c0)
    let (r2, c2) = addingWithCarry(d2, p.2 & mask, c1)
    return Self(montgomery: (r0, r1, r2, d3 &+ (p.3 & mask) &+ c2))
  }

  /// The additive inverse.
  @inlinable package static prefix func - (value: Self) -> Self { zero - value }
  /// Adds in place.
  @inlinable package static func += (left: inout Self, right: Self) { left = left + right }
  /// Subtracts in place.
  @inlinable package static func -= (left: inout Self, right: Self) { left = left - right }
  /// Twice the element.
  @inlinable package func doubled() -> Self { self + self }

  /// The element whose Montgomery form is `limbs`, a value below 2p, less p if it is not below p.
  @inlinable static func reducedOnce(_ limbs: Limbs) -> Self {
    let p = Parameters.modulus
    let (d0, b0) = subtractingWithBorrow(limbs.0, p.0, 0)
    let (d1, b1) = subtractingWithBorrow(limbs.1, p.1, b0)
    let (d2, b2) = subtractingWithBorrow(limbs.2, p.2, b1)
    let (d3, b3) = subtractingWithBorrow(limbs.3, p.3, b2)
    let keep = 0 &- b3
    return Self(
      montgomery: (
        d0 ^ ((d0 ^ limbs.0) & keep), d1 ^ ((d1 ^ limbs.1) & keep),
        d2 ^ ((d2 ^ limbs.2) & keep), d3 ^ ((d3 ^ limbs.3) & keep)
      ))
  }
}

// MARK: - Multiplication

extension MontgomeryField {
  /// The product.
  @inlinable package static func * (left: Self, right: Self) -> Self {
    left.multiplied(byMontgomery: right.montgomeryLimbs)
  }

  /// Multiplies in place.
  @inlinable package static func *= (left: inout Self, right: Self) { left = left * right }
  /// The square.
  @inlinable package func squared() -> Self { self * self }

  /// The element with Montgomery form `self * factor / R`, for any factor below 2^256: the running value stays below
  /// 2p because the multiplicand is below p.
  @inlinable func multiplied(byMontgomery factor: Limbs) -> Self {
    var t = (0, 0, 0, 0) as Limbs
    t = step(t, factor.0)
    t = step(t, factor.1)
    t = step(t, factor.2)
    t = step(t, factor.3)
    return Self.reducedOnce(t)
  }

  /// (running + self * digit + m p) / 2^64, with the m that makes the division exact.
  @inlinable @inline(__always) func step(_ running: Limbs, _ digit: UInt64) -> Limbs {
    let p = Parameters.modulus
    let (t0, a0) = multiplyAdd(l0, digit, running.0, 0)
    let m = t0 &* Self.negativeInverse
    let (_, c0) = multiplyAdd(m, p.0, t0, 0)
    let (t1, a1) = multiplyAdd(l1, digit, running.1, a0)
    let (r0, c1) = multiplyAdd(m, p.1, t1, c0)
    let (t2, a2) = multiplyAdd(l2, digit, running.2, a1)
    let (r1, c2) = multiplyAdd(m, p.2, t2, c1)
    let (t3, a3) = multiplyAdd(l3, digit, running.3, a2)
    let (r2, c3) = multiplyAdd(m, p.3, t3, c2)
    return (r0, r1, r2, a3 &+ c3)
  }
}

// MARK: - Conversions

extension MontgomeryField {
  /// The element represented by `value`.
  @inlinable package init(_ value: UInt64) {
    self = Self(montgomery: Parameters.radixSquared).multiplied(byMontgomery: (value, 0, 0, 0))
  }

  /// The element represented by a value below 2^256, reduced.
  @inlinable package init(reducing limbs: Limbs) {
    self = Self(montgomery: Parameters.radixSquared).multiplied(byMontgomery: limbs)
  }

  /// The element represented by `low + 2^256 high`, reduced.
  @inlinable package init(reducing low: Limbs, high: Limbs) {
    let radixSquared = Self(montgomery: Parameters.radixSquared)
    let radixCubed = radixSquared * radixSquared
    self = radixSquared.multiplied(byMontgomery: low) + radixCubed.multiplied(byMontgomery: high)
  }

  /// The element whose canonical representative is given; nil when it is not below the modulus.
  @inlinable package init?(canonicalLimbs limbs: Limbs) {
    guard Self.isBelowModulus(limbs) else { return nil }
    self.init(reducing: limbs)
  }

  /// Whether a number is below the modulus.
  @inlinable static func isBelowModulus(_ limbs: Limbs) -> Bool {
    let p = Parameters.modulus
    let (_, b0) = subtractingWithBorrow(limbs.0, p.0, 0)
    let (_, b1) = subtractingWithBorrow(limbs.1, p.1, b0)
    let (_, b2) = subtractingWithBorrow(limbs.2, p.2, b1)
    let (_, b3) = subtractingWithBorrow(limbs.3, p.3, b2)
    return b3 == 1
  }

  /// The representative in [0, p), least significant limb first.
  @inlinable package var canonicalLimbs: Limbs { multiplied(byMontgomery: (1, 0, 0, 0)).montgomeryLimbs }
}
