import Algebra

/// What a witness is computed by where rows do not say it, written apart from the circuits.
enum HintRule {
  /// The lowest bits.
  case bits
  /// The first over the second; 0 for a second of 0.
  case quotient
  /// The bits [t < number], from t = 1.
  case prefix
  /// 1 where the input is this number, else 0.
  case isEqual(to: UInt64)
  /// The inverse; 0 for 0.
  case inverse
  /// (x1 + rho x2) mod q, and q - 1 minus it, in digits of 16 bits.
  case foldResult
  /// (x1 + rho x2) / q.
  case foldQuotient
  /// (product + rest + 2^(offset + 80)) / 2^80, its lowest digits.
  case foldCarry(offset: Int)

  /// `count` values for given inputs.
  func compute<Field: PrimeField>(_ inputs: [Field], count: Int) -> [Field] {
    let limbs = inputs[0].canonicalLimbs
    switch self {
    case .bits:
      let words = [limbs.0, limbs.1, limbs.2, limbs.3]
      return (0..<count).map { Field(words[$0 / 64] >> UInt64($0 % 64) & 1) }
    case .quotient: return [inputs[1].inverse().map { inputs[0] * $0 } ?? .zero]
    case .prefix:
      let value = limbs.1 | limbs.2 | limbs.3 == 0 ? limbs.0 : .max
      return (1...count).map { Field(UInt64($0) < value ? 1 : 0) }
    case .isEqual(let number): return [inputs[0] == Field(number) ? .one : .zero]
    case .inverse: return [inputs[0].inverse() ?? .zero]
    case .foldResult: return Digits16.element(Self.sum(inputs).modulo(Digits16.q))
    case .foldQuotient: return Digits16.digits(Self.sum(inputs).floorQuotient(dividingBy: Digits16.q), count)
    case .foldCarry(let offset):
      let shifted = inputs[0] * inputs[1] + inputs[2] + Field(BigInteger(1) << (offset + 80))
      return Digits16.digits(BigInteger(shifted) >> 80, count)
    }
  }

  /// x1 + rho x2 as an integer.
  static func sum<Field: PrimeField>(_ inputs: [Field]) -> BigInteger {
    let numbers = inputs.map { BigInteger($0) }
    return numbers[0] + numbers[1] << 128 + numbers[4] * (numbers[2] + numbers[3] << 128)
  }
}

/// Numbers as digits of 16 bits.
enum Digits16 {
  /// The modulus of Fq.
  static let q = BigInteger(BaseField.modulusLimbs)
  /// The modulus of F.
  static let r = BigInteger(ScalarField.modulusLimbs)

  /// The lowest digits of a number.
  static func digits<Field: PrimeField>(_ number: BigInteger, _ count: Int) -> [Field] {
    let base = BigInteger(1 << 16)
    return (0..<count).map { Field((number >> (16 * $0)).modulo(base)) }
  }

  /// A number with what is left of q - 1.
  static func element<Field: PrimeField>(_ number: BigInteger) -> [Field] {
    digits(number, 16) + digits(q - 1 - number, 16)
  }

  /// The number with these digits.
  static func number<Field: PrimeField>(_ digits: some Collection<Field>) -> BigInteger {
    digits.reversed().reduce(BigInteger(0)) { $0 << 16 + BigInteger($1) }
  }
}
