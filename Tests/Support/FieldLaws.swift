package import Algebra
import Testing

/// Checks the laws stated by `PrimeField` on samples of a field.
package func expectFieldLaws<F: PrimeField>(_ type: F.Type, seed: UInt64) {
  let samples = fieldSamples(type, random: 40, seed: seed)
  for a in samples {
    #expect(a + .zero == a)
    #expect(a * .one == a)
    #expect(a * .zero == .zero)
    #expect(a - a == .zero)
    #expect(a + -a == .zero)
    #expect(a.doubled() == a + a)
    #expect(a.squared() == a * a)
    #expect(-(-a) == a)
    #expect(a.isZero == (a == .zero))
    expectInverseLaw(a)
    expectSquareRootLaw(a)
    expectEncodingLaws(a)
    for b in samples {
      #expect(a + b == b + a)
      #expect(a * b == b * a)
      #expect(a - b == -(b - a))
      let c = a + samples[7] * b
      #expect((a + b) + c == a + (b + c))
      #expect((a * b) * c == a * (b * c))
      #expect(a * (b + c) == a * b + a * c)
      var sum = a, difference = a, product = a
      sum += b
      difference -= b
      product *= b
      #expect(sum == a + b && difference == a - b && product == a * b)
    }
  }
}

private func expectInverseLaw<F: PrimeField>(_ a: F) {
  guard let inverse = a.inverse() else {
    #expect(a.isZero)
    return
  }
  #expect(a * inverse == .one)
}

private func expectSquareRootLaw<F: PrimeField>(_ a: F) {
  let root = a.squared().squareRoot()
  #expect(root == a || root == -a)
  guard let ownRoot = a.squareRoot() else {
    // Euler's criterion: a^((p - 1) / 2) = -1.
    let p = F.modulusLimbs
    let half = [p.0 >> 1 | p.1 << 63, p.1 >> 1 | p.2 << 63, p.2 >> 1 | p.3 << 63, p.3 >> 1]
    #expect(a.power(half) == -.one)
    return
  }
  #expect(ownRoot.squared() == a)
}

private func expectEncodingLaws<F: PrimeField>(_ a: F) {
  #expect(F(canonicalLimbs: a.canonicalLimbs) == a)
  #expect(F(reducing: a.canonicalLimbs) == a)
  #expect(F(bytes: a.bytes) == a)
  #expect(F(hexadecimal: a.description) == a)
  #expect(a.bytes.count == F.byteCount)
}
