import Algebra
import Support
import Testing

@Suite("Big integers, and fields against them")
struct BigIntegerTests {
  @Test("Laws: floor division")
  func lawsFloorDivision() {
    for left in [-7, -6, -1, 0, 1, 6, 7] {
      for right in [-3, -2, -1, 1, 2, 3] {
        let quotient = BigInteger(left).floorQuotient(dividingBy: BigInteger(right))
        let remainder = BigInteger(left).modulo(BigInteger(right))
        #expect(quotient * BigInteger(right) + remainder == BigInteger(left))
        #expect(remainder.isZero || remainder.isNegative == (right < 0))
        #expect(remainder.magnitude < BigInteger(right).magnitude)
      }
    }
    #expect(BigInteger(-5) >> 1 == -3)
    #expect(BigInteger(-5) << 65 == BigInteger(-10) << 64)
  }

  @Test("RoundTrip: text and limbs")
  func roundTrip() {
    #expect(
      BigInteger(decimal: "-340282366920938463463374607431768211456")?.hexadecimal
        == "-0x100000000000000000000000000000000")
    #expect(BigInteger(hexadecimal: "-0xff")?.description == "-255")
    #expect(BigInteger(Int64.min).description == "-9223372036854775808")
    #expect(BigInteger(UInt64.max).limbs(count: 1) == [.max])
    #expect(BigInteger(Int128.min) == -(BigInteger(1) << 127))
    #expect(BigInteger(limbs: [1, 2, 3]).limbs(count: 4) == [1, 2, 3, 0])
    #expect(BigInteger(0).limbs(count: 2) == [0, 0])
    #expect(BigInteger(0).bitWidth == 0 && BigInteger(255).bitWidth == 8)
    #expect(BigInteger(-3) < BigInteger(2) && BigInteger(-3).hashValue == BigInteger(-3).hashValue)
  }

  @Test("Rejects: text that is no integer, values that do not fit, inverses that do not exist")
  func rejects() {
    for text in ["", "-", "0x", "--1", "1 2", " 1", "1g", "٣"] {
      #expect(BigInteger(decimal: text) == nil)
      #expect(BigInteger(hexadecimal: text) == nil)
    }
    #expect(BigInteger(decimal: "a") == nil)
    #expect((BigInteger(1) << 64).limbs(count: 1) == nil)
    #expect(BigInteger(6).inverse(modulo: 9) == nil)
    #expect(BigInteger(2).inverse(modulo: 9) == 5)
  }

  @Test("Oracle: field arithmetic")
  func oracleFields() {
    expectFieldMatchesIntegers(ScalarField.self, seed: 11)
    expectFieldMatchesIntegers(BaseField.self, seed: 12)
  }

  private func expectFieldMatchesIntegers<F: PrimeField>(_ type: F.Type, seed: UInt64) {
    let p = BigInteger(F.modulusLimbs)
    let samples = fieldSamples(type, random: 30, seed: seed)
    for a in samples {
      let x = BigInteger(a)
      #expect(x < p && F(x) == a && F(x - p) == a)
      #expect(BigInteger(-a) == (-x).modulo(p))
      #expect(a.inverse().map { BigInteger($0) } == x.inverse(modulo: p))
      #expect(BigInteger(a.power([5, 7])) == x.power(BigInteger(limbs: [5, 7]), modulo: p))
      for b in samples {
        let y = BigInteger(b)
        #expect(BigInteger(a + b) == (x + y).modulo(p))
        #expect(BigInteger(a - b) == (x - y).modulo(p))
        #expect(BigInteger(a * b) == (x * y).modulo(p))
      }
    }
  }

  @Test("Oracle: the constants of the fields")
  func oracleConstants() {
    expectConstants(ScalarFieldParameters.self)
    expectConstants(BaseFieldParameters.self)
    expectConstants(TinyBaseParameters.self)
    expectConstants(TinyScalarParameters.self)
  }

  private func expectConstants<P: MontgomeryParameters>(_ parameters: P.Type) {
    let p = BigInteger(P.modulus)
    let radix = BigInteger(1) << 256
    #expect(p.bitWidth <= 255 && p.limbs(count: 4)?[0] != 0)
    #expect(BigInteger(P.one) == radix.modulo(p))
    #expect(BigInteger(P.radixSquared) == (radix * radix).modulo(p))
    let wordRadix = BigInteger(1) << 64
    #expect((BigInteger(MontgomeryField<P>.negativeInverse) * p + 1).modulo(wordRadix).isZero)
    // p is prime: Fermat's test to a few bases.
    for base in [2, 3, 5, 7, 11] where BigInteger(base).modulo(p) != 0 {
      #expect(BigInteger(base).power(p - 1, modulo: p) == 1)
    }
    #expect((p - 1).modulo(BigInteger(1) << P.twoAdicity).isZero)
    #expect(!(p - 1).modulo(BigInteger(1) << (P.twoAdicity + 1)).isZero)
    var root = MontgomeryField<P>(montgomery: P.twoAdicRoot)
    for _ in 1..<P.twoAdicity { root = root.squared() }
    #expect(root == -.one)
  }

  @Test("Oracle: integer square roots")
  func oracleSquareRoots() {
    for value in [0, 1, 2, 3, 4, 99, 100, 1 << 40] {
      let root = BigInteger(value).squareRootFloor
      #expect(root * root <= BigInteger(value) && (root + 1) * (root + 1) > BigInteger(value))
    }
  }
}
