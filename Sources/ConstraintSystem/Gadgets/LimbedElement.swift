package import Algebra

/// An element of Fq inside a circuit over F: a number in [0, q), exactly one encoding each.
///
/// Everything about it is a linear combination of range-checked digits or of bits.
/// - seealso: Docs/Protocol.md, section 2, for how it enters hashes.
package struct LimbedElement<World: CircuitArithmetic>: Sendable where World.Field == ScalarField {
  /// The low 128 bits.
  package let low: World.Element
  /// The other bits.
  package let high: World.Element
  /// The number modulo 2^digitBits: a range-checked digit.
  package let lowest: World.Element
  /// The number modulo 2^s, see `LimbLayout`.
  let limb0: World.Element
  /// (The number - limb0) / 2^s modulo 2^s or a little more.
  let limb1: World.Element

  /// The number modulo r.
  package var scalar: World.Element { low + LimbConstants.twoTo128 * high }

  /// A fresh element with the value that `value` gives where values exist: 4 rows and, with digits of 16 bits, 32 digits
  /// (a row and a digit more where 128 is not a multiple of the width).
  ///
  /// The number x has a second one, y, with x + y = q - 1, so x <= q - 1. The sum is checked on halves: the low ones add up
  /// to low(q - 1) + v with v = 0 or v = 2^128, the high ones to high(q - 1) - v / 2^128. Digits of both are below 2^w, so
  /// every side is below 2^145: equality modulo r is equality. The low half of x is below 2^128: its digits have 128 bits, or
  /// else the top one times 2^excess is a digit again.
  package init(in world: inout World, _ value: () throws -> BaseField) throws {
    world.enter("element of Fq")
    defer { world.leave() }
    try self.init(from: [], in: &world) { _ in try value() }
  }

  /// A fresh element whose value `compute` derives from the values of `inputs`.
  @_specialize(where World == WitnessBuilder<ScalarField>)
  init(
    from inputs: [World.Element], in world: inout World, _ compute: ([ScalarField]) throws -> BaseField
  ) throws {
    let layout = LimbLayout(digitBits: world.digitBits)
    let count = layout.lowDigits + layout.highDigits
    let top = layout.lowDigits - 1
    let digits = try world.digits(count: 2 * count + (layout.excess > 0 ? 1 : 0), from: inputs) { values in
      let value = try compute(values)
      let x = layout.halves(of: value.canonicalLimbs)
      let y = layout.halves(of: (-BaseField.one - value).canonicalLimbs)
      return x + y + (layout.excess > 0 ? [x[top] << UInt64(layout.excess)] : [])
    }
    if layout.excess > 0 {
      try world.requireEqual(
        digits[2 * count], ScalarField(UInt64(1) << UInt64(layout.excess)) * digits[top], "low half below 2^128")
    }
    let highDigits = Array(digits[layout.lowDigits..<count])
    lowest = digits[0]
    low = world.materialise(layout.packed(digits[..<layout.lowDigits], in: world))
    high = world.materialise(layout.packed(highDigits[...], in: world))
    let otherLow = layout.packed(digits[count..<count + layout.lowDigits], in: world)
    let otherHigh = layout.packed(digits[(count + layout.lowDigits)..<2 * count], in: world)
    let carry = low + otherLow - world.constant(LimbConstants.lowLast)
    try world.requireProduct(
      carry, carry - world.constant(LimbConstants.twoTo128), equals: .zero, "low halves add up to those of q - 1")
    try world.requireEqual(
      LimbConstants.twoTo128 * (high + otherHigh) + carry,
      world.constant(LimbConstants.twoTo128 * LimbConstants.highLast), "high halves add up to those of q - 1")
    let split = layout.limbBits / layout.digitBits
    limb0 = layout.packed(digits[..<split], in: world)
    limb1 =
      layout.packed(digits[split..<layout.lowDigits], in: world)
      + LimbConstants.power(128 - layout.limbBits)
      * layout.packed(highDigits[..<layout.limbHighDigits], in: world)
  }

  /// A number of at most 128 bits, given by bits that are constrained elsewhere, least significant first; free.
  package init(bits: [World.Element], in world: World) {
    precondition(bits.count <= 128, "A short number has at most 128 bits.")
    let split = min(bits.count, LimbLayout(digitBits: world.digitBits).limbBits)
    lowest = World.packed(Array(bits.prefix(world.digitBits)))
    low = World.packed(bits)
    high = .zero
    limb0 = World.packed(Array(bits[..<split]))
    limb1 = World.packed(Array(bits[split...]))
  }

  /// A constant; free.
  package init(constant: BaseField, in world: World) {
    let limbs = constant.canonicalLimbs
    let (first, second) = LimbLayout(digitBits: world.digitBits).limbs(of: limbs)
    lowest = world.constant(ScalarField(limbs.0 & (1 << UInt64(world.digitBits) - 1)))
    low = world.constant(ScalarField(reducing: (limbs.0, limbs.1, 0, 0)))
    high = world.constant(ScalarField(reducing: (limbs.2, limbs.3, 0, 0)))
    limb0 = world.constant(first)
    limb1 = world.constant(second)
  }

  /// Requires two elements to be equal: 2 rows. Equality modulo r alone would not do, since q > r.
  package func requireEqual(to other: Self, in world: inout World, _ label: StaticString) throws {
    try world.requireEqual(low, other.low, label)
    try world.requireEqual(high, other.high, label)
  }
}

extension LimbLayout {
  /// The number with these digits, least significant first, as a linear combination.
  func packed<World: CircuitArithmetic>(
    _ digits: ArraySlice<World.Element>, in world: World
  ) -> World.Element where World.Field == ScalarField {
    let base = ScalarField(UInt64(1) << UInt64(digitBits))
    var weight = ScalarField.one
    var sum = World.Element.zero
    for digit in digits {
      sum = sum + weight * digit
      weight *= base
    }
    return sum
  }
}

/// A point of BN254 inside a circuit over F, by its two coordinates; whether it is on the curve is checked elsewhere.
package struct LimbedPoint<World: CircuitArithmetic>: Sendable where World.Field == ScalarField {
  /// The first coordinate.
  package let x: LimbedElement<World>
  /// The second coordinate.
  package let y: LimbedElement<World>

  /// A fresh point with the value that `value` gives where values exist; two fresh elements.
  package init(in world: inout World, _ value: () throws -> AffinePoint<PrimaryCurve>) throws {
    x = try LimbedElement(in: &world) { try value().x }
    y = try LimbedElement(in: &world) { try value().y }
  }

  /// The coordinates modulo r, which is how a point of BN254 enters hashes.
  package var scalarCoordinates: [World.Element] { [x.scalar, y.scalar] }
}
