import Algebra
import ConstraintSystem
import Support
import Testing

private struct Fresh: Gadget {
  let value: BaseField

  func run<World: CircuitArithmetic>(in world: inout World) throws -> [World.Element] where World.Field == ScalarField {
    let element = try LimbedElement(in: &world) { value }
    return [element.low, element.high, element.scalar]
  }
}

private struct Fold: Gadget {
  let running: BaseField
  let fresh: BaseField
  let factor: Limbs

  func run<World: CircuitArithmetic>(in world: inout World) throws -> [World.Element] where World.Field == ScalarField {
    let first = try LimbedElement(in: &world) { running }
    let second = try LimbedElement(in: &world) { fresh }
    let result = try first.folded(with: second, by: world.message(), in: &world)
    return [result.low, result.high]
  }
}

/// Folds a short number given by bits, and a constant.
private struct ShortFold: Gadget {
  let running: BaseField
  let constant: BaseField

  func run<World: CircuitArithmetic>(in world: inout World) throws -> [World.Element] where World.Field == ScalarField {
    let first = try LimbedElement(in: &world) { running }
    let bits = try world.bits(of: world.message(), count: 128)
    let factor = World.packed(bits)
    let one = try first.folded(with: LimbedElement(bits: bits, in: world), by: factor, in: &world)
    let two = try one.folded(with: LimbedElement(constant: constant, in: world), by: factor, in: &world)
    return [two.low, two.high]
  }
}

private struct Equal: Gadget {
  let left: BaseField
  let right: BaseField

  func run<World: CircuitArithmetic>(in world: inout World) throws -> [World.Element] where World.Field == ScalarField {
    let first = try LimbedElement(in: &world) { left }
    let second = try LimbedElement(in: &world) { right }
    try first.requireEqual(to: second, in: &world, "equal")
    return []
  }
}

@Suite("Elements of Fq in circuits over F")
struct LimbTests {
  private let samples = fieldSamples(BaseField.self, random: 6, seed: 11)

  private func halves(_ value: BaseField) -> [ScalarField] {
    let limbs = value.canonicalLimbs
    return [ScalarField(reducing: (limbs.0, limbs.1, 0, 0)), ScalarField(reducing: (limbs.2, limbs.3, 0, 0))]
  }

  @Test("Oracle: fresh elements, every width of digits", arguments: 8...16)
  func oracleFresh(digitBits: Int) throws {
    for sample in samples {
      let filled = try FilledGadget(Fresh(value: sample), digitBits: digitBits)
      #expect(filled.violation() == nil)
      #expect(filled.outputs == halves(sample) + [ScalarField(reducing: sample.canonicalLimbs)])
    }
    let filled = try FilledGadget(Fresh(value: samples.last ?? .one), digitBits: digitBits)
    #expect(filled.survivors() == [])
    #expect(filled.shape.rowCount == (128 % digitBits == 0 ? 4 : 5))
    if digitBits == 16 {
      #expect(filled.witness.digits.count == 32)
      print("element of Fq: \(filled.shape.rowCount) rows, 32 digits, \(filled.shape.entryCount) entries")
    }
  }

  @Test("Oracle: folds, every width of digits", arguments: 8...16)
  func oracleFold(digitBits: Int) throws {
    let factors: [Limbs] = [
      (0, 0, 0, 0), (1, 0, 0, 0), (.max, .max, 0, 0), (0, 1 << 63, 0, 0),
      (0x0123_4567_89ab_cdef, 0xfeed_beef_f00d, 0, 0),
    ]
    for (index, running) in samples.enumerated() {
      let fresh = samples[(index * 7 + 3) % samples.count]
      let factor = factors[index % factors.count]
      let filled = try FilledGadget(
        Fold(running: running, fresh: fresh, factor: factor), messages: [ScalarField(reducing: factor)],
        digitBits: digitBits)
      #expect(filled.violation() == nil)
      #expect(filled.outputs == halves(running + BaseField(reducing: factor) * fresh))
    }
    for factor in factors {
      let last = -BaseField.one
      for (running, fresh) in [(last, last), (.zero, last), (last, .zero), (.one, last)] {
        let filled = try FilledGadget(
          Fold(running: running, fresh: fresh, factor: factor), messages: [ScalarField(reducing: factor)],
          digitBits: digitBits)
        #expect(filled.violation() == nil)
        #expect(filled.outputs == halves(running + BaseField(reducing: factor) * fresh))
      }
    }
    let filled = try FilledGadget(
      Fold(running: samples[5], fresh: samples[9], factor: factors[4]), messages: [ScalarField(reducing: factors[4])],
      digitBits: digitBits)
    #expect(filled.survivors() == [])
    if digitBits == 16 {
      #expect(filled.shape.rowCount == 15 && filled.witness.digits.count == 3 * 32 + 26)
      print("fold: 7 rows, 58 digits, with its operands \(filled.shape.entryCount) entries")
    }
  }

  @Test("Oracle: short numbers and constants fold like fresh elements", arguments: [8, 13, 16])
  func oracleShort(digitBits: Int) throws {
    let limbs: Limbs = (0xdead_beef_1234_5678, 0x8765_4321_0fed_cba9, 0, 0)
    let alpha = BaseField(reducing: limbs)
    for constant in [BaseField.one, .zero, -.one, samples.last ?? .one] {
      let filled = try FilledGadget(
        ShortFold(running: samples[6], constant: constant), messages: [ScalarField(reducing: limbs)],
        digitBits: digitBits)
      #expect(filled.violation() == nil)
      #expect(filled.outputs == halves(samples[6] + alpha * alpha + alpha * constant))
      if constant == .one { #expect(filled.survivors() == []) }
    }
  }

  @Test("Rejects: encodings that are not canonical: q for 0, q + 5 for 5, x + r for x")
  func rejectsNonCanonical() throws {
    let q = BigInteger(BaseField.modulusLimbs)
    let r = BigInteger(ScalarField.modulusLimbs)
    for (value, number) in [
      (BaseField.zero, q), (BaseField(UInt64(5)), q + BigInteger(5)), (BaseField(UInt64(5)), r + BigInteger(5)),
    ] {
      let honest = try FilledGadget(Fresh(value: value))
      // The complement that the sum modulo r asks for, and its neighbours.
      let complement = q - BigInteger(1) - number
      for other in [complement + r, complement + r + r, BigInteger(0), BigInteger(1)] where !other.isNegative {
        var trace = honest.witness.trace
        trace[0] = ScalarField(number.modulo(BigInteger(1) << 128))
        trace[1] = ScalarField(number >> 128)
        let values = digits(number) + digits(other)
        let violation = honest.shape.firstViolation(values: values, trace: trace, publics: honest.witness.publics)
        // x + r for small x is another element of Fq, and canonical: only its own complement is missing here.
        #expect(violation?.name?.contains("halves") == true)
      }
    }
  }

  @Test("Rejects: equality modulo r only")
  func rejectsCongruent() throws {
    // 7 and 7 + r are both below q.
    let congruent = BaseField(UInt64(7)) + BaseField(reducing: ScalarField.modulusLimbs)
    #expect(ScalarField(reducing: congruent.canonicalLimbs) == ScalarField(UInt64(7)))
    #expect(throws: ConstraintError.violated("equal")) {
      _ = try FilledGadget(Equal(left: BaseField(UInt64(7)), right: congruent))
    }
    #expect(try FilledGadget(Equal(left: congruent, right: congruent)).violation() == nil)
  }

  @Test("Rejects: a result that is right modulo r only, or modulo 2^(2 s) only")
  func rejectsWrongResults() throws {
    let factor: Limbs = (3, 1 << 40, 0, 0)
    let fresh = samples[9]
    let running = BaseField(UInt64(7)) - BaseField(reducing: factor) * fresh
    let filled = try FilledGadget(
      Fold(running: running, fresh: fresh, factor: factor), messages: [ScalarField(reducing: factor)])
    #expect(filled.outputs == halves(BaseField(UInt64(7))))
    let offsets: [(BigInteger, String)] = [
      (BigInteger(ScalarField.modulusLimbs), "fold, low limb"), (BigInteger(1) << 160, "fold modulo r"),
    ]
    for (offset, name) in offsets {
      let wrong = BigInteger(7) + offset
      var trace = filled.witness.trace
      // Low and high of both operands, the factor, low and high of the result.
      trace[5] = ScalarField(wrong.modulo(BigInteger(1) << 128))
      trace[6] = ScalarField(wrong >> 128)
      let complement = BigInteger(BaseField.modulusLimbs) - BigInteger(1) - wrong
      var values = filled.values
      values.replaceSubrange(64..<96, with: digits(wrong) + digits(complement))
      let violation = filled.shape.firstViolation(values: values, trace: trace, publics: filled.witness.publics)
      #expect(violation?.name == "fold of elements of Fq: \(name)")
    }
  }

  /// The halves of a number below 2^256 in digits of 16 bits.
  private func digits(_ number: BigInteger) -> [Int64] {
    let words = number.limbs(count: 4) ?? [0, 0, 0, 0]
    return (0..<16).map { Int64(words[$0 / 4] >> UInt64($0 % 4 * 16) & 0xffff) }
  }
}
