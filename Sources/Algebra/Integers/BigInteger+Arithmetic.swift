import CGMP

extension BigInteger {
  /// The sum.
  package static func + (left: BigInteger, right: BigInteger) -> BigInteger {
    left.combined(with: right) { __gmpz_add($0, $1, $2) }
  }

  /// The difference.
  package static func - (left: BigInteger, right: BigInteger) -> BigInteger {
    left.combined(with: right) { __gmpz_sub($0, $1, $2) }
  }

  /// The product.
  package static func * (left: BigInteger, right: BigInteger) -> BigInteger {
    left.combined(with: right) { __gmpz_mul($0, $1, $2) }
  }

  /// The additive inverse.
  package static prefix func - (value: BigInteger) -> BigInteger {
    value.map { __gmpz_neg($0, $1) }
  }

  /// The largest integer not above the quotient; the divisor is not zero.
  package func floorQuotient(dividingBy divisor: BigInteger) -> BigInteger {
    precondition(!divisor.isZero, "A divisor that is not zero.")
    return combined(with: divisor) { __gmpz_fdiv_q($0, $1, $2) }
  }

  /// `self - divisor * floorQuotient`, which has the divisor's sign; the divisor is not zero.
  package func modulo(_ divisor: BigInteger) -> BigInteger {
    precondition(!divisor.isZero, "A divisor that is not zero.")
    return combined(with: divisor) { __gmpz_fdiv_r($0, $1, $2) }
  }

  /// The integer times 2^count.
  package static func << (value: BigInteger, count: Int) -> BigInteger {
    precondition(count >= 0, "A shift by at least 0 bits.")
    return value.map { __gmpz_mul_2exp($0, $1, UInt(count)) }
  }

  /// The largest integer not above the integer divided by 2^count.
  package static func >> (value: BigInteger, count: Int) -> BigInteger {
    precondition(count >= 0, "A shift by at least 0 bits.")
    return value.map { __gmpz_fdiv_q_2exp($0, $1, UInt(count)) }
  }

  /// The integer in [0, |modulus|) whose product with this one is 1 modulo `modulus`; nil when there is none.
  package func inverse(modulo modulus: BigInteger) -> BigInteger? {
    precondition(!modulus.isZero, "A modulus that is not zero.")
    var exists: Int32 = 0
    let inverse = combined(with: modulus) { exists = __gmpz_invert($0, $1, $2) }
    return exists == 0 ? nil : inverse
  }

  /// The integer raised to an exponent of at least 0, modulo `modulus`.
  package func power(_ exponent: BigInteger, modulo modulus: BigInteger) -> BigInteger {
    precondition(!exponent.isNegative && !modulus.isZero, "An exponent of at least 0 and a modulus that is not zero.")
    return modulus.read { divisor in combined(with: exponent) { __gmpz_powm($0, $1, $2, divisor) } }
  }

  /// The largest integer whose square is not above this one, which is at least 0.
  package var squareRootFloor: BigInteger {
    precondition(!isNegative, "An integer of at least 0.")
    return map { __gmpz_sqrt($0, $1) }
  }
}

extension BigInteger: Comparable, Hashable {
  /// Whether the two are the same integer.
  package static func == (left: BigInteger, right: BigInteger) -> Bool {
    left.read { a in right.read { b in __gmpz_cmp(a, b) } } == 0
  }

  /// Whether the left integer is below the right one.
  package static func < (left: BigInteger, right: BigInteger) -> Bool {
    left.read { a in right.read { b in __gmpz_cmp(a, b) } } < 0
  }

  /// Feeds sign and limbs to the hasher.
  package func hash(into hasher: inout Hasher) {
    hasher.combine(isNegative)
    hasher.combine(limbs(count: (bitWidth + 63) / 64))
  }
}

extension BigInteger: ExpressibleByIntegerLiteral {
  /// The integer a literal denotes.
  package init(integerLiteral value: Int) { self.init(value) }
}
