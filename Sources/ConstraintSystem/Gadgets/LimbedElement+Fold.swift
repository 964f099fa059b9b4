import Algebra

extension LimbedElement {
  /// self + factor * other modulo q, for a factor below 2^128 that is constrained elsewhere: 3 rows beside those of a
  /// fresh element, and with digits of 16 bits 26 digits beside its 32.
  ///
  /// With the result x', x1 = self, x2 = other and rho the factor, an honest prover has an integer k in [0, rho] with
  ///
  ///     D = x1 + rho x2 - x' - k q = 0.
  ///
  /// The rows give D = 0 modulo r and modulo 2^(2 s). They suffice: k has at most 143 bits, so |D| < 2^(143 + 254) + 2^254
  /// < 2^253 2^146 <= r 2^(2 s), as s >= 73.
  /// - Modulo r: one row on x mod r.
  /// - Modulo 2^(2 s), with limbs x = a + 2^s b and the constant q = q0 + 2^s q1 modulo 2^(2 s):
  ///   rho a2 + a1 - a' - k q0 = 2^s c0 and rho b2 + b1 - b' - k q1 + c0 = 2^s c1, hence D = 2^(2 s) c1 modulo 2^(2 s).
  ///   These are equations of integers, not only modulo r: rho a2 and rho b2 are below 2^(128 + s + w) <= 2^232, k q0 and
  ///   k q1 below 2^(143 + s) <= 2^231, c0 below 2^145 and c1 below 2^161 in magnitude, so each side is below 2^251 < r / 2.
  ///
  /// Carries are digits minus an offset. Honest ones fit: rho a2 + a1 <= 2^128 (2^s - 1) and a' + k q0 likewise, so
  /// |c0| < 2^128. With b below 2^m: b1 + rho b2 + c0 < 2^(128 + m) and b' + k q1 - c0 < 2^(128 + s) + 2^m + 2^128, so
  /// -2^129 < c1 < 2^(128 + m - s).
  @_specialize(where World == WitnessBuilder<ScalarField>)
  package func folded(with other: Self, by factor: World.Element, in world: inout World) throws -> Self {
    world.enter("fold of elements of Fq")
    defer { world.leave() }
    let layout = LimbLayout(digitBits: world.digitBits)
    let limbs = layout.limbBits
    let inputs = [low, high, other.low, other.high, factor]
    let result = try Self(from: inputs, in: &world) { values in
      Self.value(values[0], values[1]) + BaseField(reducing: values[4].canonicalLimbs)
        * Self.value(values[2], values[3])
    }
    let quotient = layout.packed(
      try world.digits(count: layout.lowDigits, from: inputs) { values in
        let number = Self.number(values[0], values[1]) + BigInteger(values[4]) * Self.number(values[2], values[3])
        let quotient = number.floorQuotient(dividingBy: BigInteger(BaseField.modulusLimbs)).limbs(count: 4) ?? []
        guard quotient.count == 4 else { throw ConstraintError.digitOverflow("quotient by q") }
        return layout.digits(
          of: (quotient[0], quotient[1], quotient[2], quotient[3]), from: 0, count: layout.lowDigits)
      }[...], in: world)
    try world.requireProduct(
      factor, other.scalar, equals: result.scalar - scalar + LimbConstants.modulus * quotient, "fold modulo r")

    let modulus = layout.limbs(of: BaseField.modulusLimbs)
    let carry0 = try Self.carry(
      (factor, other.limb0), plus: limb0 - result.limb0 - modulus.0 * quotient, offset: 128,
      count: layout.carry0Digits, in: &world)
    try world.requireProduct(
      factor, other.limb0,
      equals: LimbConstants.power(limbs) * carry0 + result.limb0 - limb0 + modulus.0 * quotient, "fold, low limb")
    let rest = limb1 - result.limb1 - modulus.1 * quotient + carry0
    let carry1 = try Self.carry(
      (factor, other.limb1), plus: rest, offset: 129, count: layout.carry1Digits, in: &world)
    try world.requireProduct(
      factor, other.limb1, equals: LimbConstants.power(limbs) * carry1 - rest, "fold, high limb")
    return result
  }
  /// A carry (product of `factors` + rest) / 2^s as digits minus 2^offset.
  private static func carry(
    _ factors: (World.Element, World.Element), plus rest: World.Element, offset: Int, count: Int,
    in world: inout World
  ) throws -> World.Element {
    let layout = LimbLayout(digitBits: world.digitBits)
    let digits = try world.digits(count: count, from: [factors.0, factors.1, rest]) { values in
      // A multiple of 2^s for an honest prover, and not negative.
      let shifted = values[0] * values[1] + values[2] + LimbConstants.power(offset + layout.limbBits)
      return layout.digits(of: shifted.canonicalLimbs, from: layout.limbBits, count: count)
    }
    return layout.packed(digits[...], in: world) - world.constant(LimbConstants.power(offset))
  }

  /// The integer with these halves.
  private static func number(_ low: ScalarField, _ high: ScalarField) -> BigInteger {
    BigInteger(low) + BigInteger(high) << 128
  }

  /// The element of Fq with these halves.
  private static func value(_ low: ScalarField, _ high: ScalarField) -> BaseField {
    BaseField(reducing: low.canonicalLimbs)
      + BaseField(reducing: (0, 0, 1, 0)) * BaseField(reducing: high.canonicalLimbs)
  }
}
