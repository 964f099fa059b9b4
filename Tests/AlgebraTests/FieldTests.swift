import Algebra
import Support
import Testing

@Suite("Prime fields")
struct FieldTests {
  @Test("Laws: the scalar field")
  func lawsScalarField() { expectFieldLaws(ScalarField.self, seed: 1) }

  @Test("Laws: the base field")
  func lawsBaseField() { expectFieldLaws(BaseField.self, seed: 2) }

  @Test("KnownAnswer: the moduli are those of EIP-196")
  func knownAnswerModuli() {
    let order = "21888242871839275222246405745257275088548364400416034343698204186575808495617"
    let field = "21888242871839275222246405745257275088696311157297823662689037894645226208583"
    #expect(decimal(ScalarField.self, order) == .zero)
    #expect(decimal(BaseField.self, field) == .zero)
    #expect(decimal(ScalarField.self, field) == ScalarField(hexadecimal: "6f4d8248eeb859fbf83e9682e87cfd46"))
  }

  @Test("RoundTrip: signed integers wrap")
  func roundTripIntegers() {
    #expect(ScalarField(-5) + ScalarField(5) == .zero)
    #expect(ScalarField(Int64.min) + ScalarField(UInt64(1) << 63) == .zero)
    let wide = Int128(1) << 100
    #expect(ScalarField(wide) == ScalarField(1 << 50).squared())
    #expect(ScalarField(-wide) == -ScalarField(1 << 50).squared())
    #expect(ScalarField(Int128.min) == -ScalarField(reducing: (0, 1 << 63, 0, 0)))
  }

  @Test("RoundTrip: 512-bit values are reduced")
  func roundTripWide() {
    func expectWide<F: PrimeField>(_ type: F.Type, _ low: Limbs, _ high: Limbs) {
      let shift = F(reducing: (0, 0, 1, 0)).squared()
      #expect(F(reducing: low, high: high) == F(reducing: low) + F(reducing: high) * shift)
    }
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<200 {
      let words = (0..<8).map { _ in UInt64.random(in: 0...UInt64.max, using: &generator) }
      expectWide(ScalarField.self, (words[0], words[1], words[2], words[3]), (words[4], words[5], words[6], words[7]))
      expectWide(BaseField.self, (words[0], words[1], words[2], words[3]), (words[4], words[5], words[6], words[7]))
    }
    expectWide(ScalarField.self, (.max, .max, .max, .max), (.max, .max, .max, .max))
    expectWide(BaseField.self, (.max, .max, .max, .max), (.max, .max, .max, .max))
  }

  @Test("Rejects: values that are not canonical")
  func rejectsNonCanonical() {
    func expectRejections<F: PrimeField>(_ type: F.Type) {
      let p = F.modulusLimbs
      #expect(F(canonicalLimbs: p) == nil)
      #expect(F(canonicalLimbs: (p.0 + 1, p.1, p.2, p.3)) == nil)
      #expect(F(canonicalLimbs: (0, 0, 0, p.3 + 1)) == nil)
      #expect(F(canonicalLimbs: (p.0 - 1, p.1, p.2, p.3)) == -.one)
      #expect(F(canonicalLimbs: (.max, .max, .max, .max)) == nil)
      #expect(F(bytes: [UInt8](repeating: 255, count: 32)) == nil)
      #expect(F(bytes: [UInt8](repeating: 0, count: 31)) == nil)
      #expect(F(bytes: [UInt8](repeating: 0, count: 33)) == nil)
      #expect(F(bytes: []) == nil)
      for text in [
        "", "0x", "-1", "1g", "0x0x1", " 1", String(repeating: "f", count: 64),
        String(repeating: "0", count: 65),
      ] {
        #expect(F(hexadecimal: text) == nil)
      }
    }
    expectRejections(ScalarField.self)
    expectRejections(BaseField.self)
  }

  @Test("Laws: batch inversion keeps zeros")
  func lawsBatchInversion() {
    for count in [0, 1, 2, 33] {
      var values = Array(fieldSamples(ScalarField.self, random: 40, seed: 4).prefix(count))
      let expected = values.map { $0.inverse() ?? .zero }
      batchInverse(&values)
      #expect(values == expected)
    }
  }

  /// The element written in decimal, by Horner's rule.
  private func decimal<F: PrimeField>(_ type: F.Type, _ text: String) -> F {
    text.compactMap(\.wholeNumberValue).reduce(F.zero) { $0 * F(10) + F($1) }
  }
}
