import Algebra
import ConstraintSystem
import Support
import Testing

private struct CanonicalBits: Gadget {
  func run<World: CircuitArithmetic>(in world: inout World) throws -> [World.Element] where World.Field == ScalarField {
    try world.canonicalBits(of: world.message())
  }
}

private struct FewBits: Gadget {
  let count: Int

  func run<World: CircuitArithmetic>(in world: inout World) throws -> [World.Element] where World.Field == ScalarField {
    try world.bits(of: world.message(), count: count)
  }
}

/// Bits given as messages, with a sum and a bound.
private struct AtMost: Gadget {
  let count: Int
  let bound: [UInt64]

  func run<World: CircuitArithmetic>(in world: inout World) throws -> [World.Element] where World.Field == ScalarField {
    let bits = try world.messages(count)
    for bit in bits { try world.requireBoolean(bit) }
    try world.requireAtMost(bits, bound)
    return []
  }
}

@Suite("Bits")
struct BitsTests {
  @Test("Oracle: canonical bits; every change but that of an undetermined quotient is refused")
  func oracleCanonical() throws {
    var samples = randomElements(4, seed: 2)
    samples += [.zero, .one, -.one, -.one - .one, ScalarField(UInt64.max)]
    for sample in samples {
      let filled = try FilledGadget(CanonicalBits(), messages: [sample])
      #expect(filled.violation() == nil)
      let limbs = sample.canonicalLimbs
      let words = [limbs.0, limbs.1, limbs.2, limbs.3]
      #expect(filled.outputs == (0..<254).map { ScalarField(words[$0 / 64] >> UInt64($0 % 64) & 1) })
      // A quotient is free where the bits so far agree with those of r - 1: never for small numbers, always for r - 1.
      let free = filled.survivors().compactMap { Int($0.dropFirst("trace ".count)) }
      #expect(free.allSatisfy { $0 > 254 })
      if words[3] >> 60 & 3 == 0 { #expect(free == []) }
      print("canonical bits: \(filled.shape.rowCount) rows, \(filled.shape.entryCount) entries, \(free.count) free")
    }
  }

  @Test("Rejects: the bits of h + r for h")
  func rejectsOtherDecomposition() throws {
    // 2^254 - r is larger than 5 + r for small numbers, so 5 + r has 254 bits and the same sum modulo r.
    var carry: UInt64 = 5
    let modulus = ScalarField.modulusLimbs
    let words = [modulus.0, modulus.1, modulus.2, modulus.3].map { limb in
      let (sum, overflow) = limb.addingReportingOverflow(carry)
      carry = overflow ? 1 : 0
      return sum
    }
    let bits = (0..<254).map { ScalarField(words[$0 / 64] >> UInt64($0 % 64) & 1) }
    #expect(NativeArithmetic<ScalarField>.packed(bits) == ScalarField(5 as UInt64))
    let last = [modulus.0 - 1, modulus.1, modulus.2, modulus.3]
    let filled = try FilledGadget(AtMost(count: 254, bound: last), messages: bits, isStrict: false)
    #expect(filled.violation()?.name == "at most: at most a constant")
    #expect(throws: ConstraintError.violated("at most a constant")) {
      _ = try FilledGadget(AtMost(count: 254, bound: last), messages: bits)
    }
  }

  @Test("Rejects: a value that does not fit")
  func rejectsOverflow() throws {
    #expect(throws: ConstraintError.violated("bits of a value")) {
      _ = try FilledGadget(FewBits(count: 8), messages: [ScalarField(256 as UInt64)])
    }
    let filled = try FilledGadget(FewBits(count: 8), messages: [ScalarField(256 as UInt64)], isStrict: false)
    #expect(filled.violation()?.name == "bits: bits of a value")
    let honest = try FilledGadget(FewBits(count: 8), messages: [ScalarField(255 as UInt64)])
    #expect(honest.violation() == nil && honest.survivors() == [] && honest.shape.rowCount == 9)
  }

  @Test("Oracle: comparison with every bound of five bits")
  func oracleAtMost() throws {
    for bound in 0..<UInt64(32) {
      for value in 0..<UInt64(32) {
        let bits = (0..<5).map { ScalarField(value >> $0 & 1) }
        let filled = try FilledGadget(AtMost(count: 5, bound: [bound]), messages: bits, isStrict: false)
        // The honest quotient exists exactly for a number at most the bound; where it does not, none satisfies.
        #expect((filled.violation() == nil) == (value <= bound), "\(value) at most \(bound)")
      }
    }
  }
}
