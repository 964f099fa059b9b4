import Algebra
import Support
import Testing

@Suite("Field vectors and multilinear polynomials")
struct FieldVectorTests {
  typealias F = ScalarField
  static let counts = [0, 1, 2, 3, 5, 8, 33, 1000, 1024, 1025, 4097, 40_000]

  private func vector(_ count: Int, seed: UInt64) -> FieldVector<F> {
    var generator = SeededGenerator(seed: seed)
    return FieldVector((0..<count).map { _ in F.random(using: &generator) })
  }

  private func point(_ count: Int, seed: UInt64) -> [F] { vector(count, seed: seed + 1000).elements }

  /// The smallest n with 2^n not below the count.
  private func variables(_ count: Int) -> Int { (0...).first { 1 << $0 >= count } ?? 0 }

  /// The multilinear extension by its definition.
  private func naive(_ v: FieldVector<F>, at point: [F]) -> F {
    v.indices.reduce(F.zero) { sum, index in
      sum + v[index] * point.indices.reduce(F.one) { $0 * (index >> $1 & 1 == 1 ? point[$1] : F.one - point[$1]) }
    }
  }

  @Test("Oracle: cross terms", arguments: counts)
  func crossTerm(count: Int) {
    let v = (0..<6).map { vector(count, seed: UInt64(20 + $0)) }, u = F(11)
    let cross = FieldVector(
      crossTermOf: MatrixImages(a: v[0], b: v[1], c: v[2]), MatrixImages(a: v[3], b: v[4], c: v[5]), u: u)
    #expect(cross.elements == v[0].indices.map { v[0][$0] * v[4][$0] + v[3][$0] * v[1][$0] - u * v[5][$0] - v[2][$0] })
  }

  @Test("Laws: linear arithmetic, the shorter vector continuing with zeros", arguments: counts)
  func lawsLinear(count: Int) {
    let a = vector(count, seed: 1), b = vector(count * 2 / 3, seed: 2), full = vector(count, seed: 3), c = F(-7)
    func tail(_ index: Int) -> F { index < b.count ? b[index] : .zero }
    #expect((a + b).elements == a.indices.map { a[$0] + tail($0) })
    #expect((a - b).elements == a.indices.map { a[$0] - tail($0) })
    var scaled = a
    scaled.addScaled(b, by: c)
    #expect(scaled.elements == a.indices.map { a[$0] + c * tail($0) })
    scaled.scale(by: c)
    #expect(scaled.elements == a.indices.map { c * (a[$0] + c * tail($0)) })
    #expect(a.hadamard(full).elements == a.indices.map { a[$0] * full[$0] })
    #expect(a.dot(b) == a.indices.reduce(F.zero) { $0 + a[$1] * tail($1) })
    #expect(b.dot(a) == a.dot(b))
    #expect(a.sum() == a.elements.reduce(.zero, +))
    let integers = (0..<count).map { Int64($0) * ($0 % 2 == 0 ? 1 : -3) }
    #expect(FieldVector<F>(smallIntegers: integers).elements == integers.map { F($0) })
  }

  @Test("Oracle: evaluation by the definition", arguments: [0, 1, 2, 3, 5, 8, 33, 1000, 1024, 1025, 2049, 40_000])
  func oracleEvaluation(count: Int) {
    let v = vector(count, seed: 5)
    let integers = (0..<count).map { Int16(truncatingIfNeeded: $0 &* 40503) }
    let asField = FieldVector<F>(smallIntegers: integers.map(Int64.init))
    for extra in 0...2 {
      let r = point(variables(count) + extra, seed: 6)
      #expect(v.evaluateMultilinear(at: r) == naive(v, at: r))
      #expect(Multilinear<F>.evaluate(smallIntegers: integers, at: r) == naive(asField, at: r))
      let end = point(r.count, seed: 9), line = asField.restrictToLine(from: r, to: end)
      #expect(Multilinear.restrictToLine(smallIntegers: integers.map(Int64.init)[...], from: r, to: end) == line)
    }
  }

  /// Blocks of 4096 or 16384 entries, the last one incomplete; integers that are not ternary in the first, in another, in the
  /// last block.
  @Test(
    "Oracle: lines and multiples of ternary integers", arguments: [200, 4096, 8192, 40_000, 270_000],
    [nil, 17, 9000, 8191, 39_999])
  func ternaryLines(count: Int, odd: Int?) {
    var integers = (0..<count).map { Int16($0 * $0 % 7 % 3) - 1 }
    if let odd, odd < count { integers[odd] = -300 }
    let asField = FieldVector<F>(smallIntegers: integers.map(Int64.init))
    for n in variables(count)...variables(count) + 1 {
      let start = point(n, seed: 16)
      let end = point(n, seed: 17)
      let line = Multilinear.restrictToLine(smallIntegers: integers[...], from: start, to: end)
      #expect(line == asField.restrictToLine(from: start, to: end))
      #expect(
        Multilinear.restrictToLine(
          smallIntegers: integers.map(Int64.init)[...], from: start, to: end) == line)
    }
    let part = Array(integers.suffix(1000))
    #expect(
      Multilinear.restrictToLine(
        smallIntegers: integers.suffix(1000), from: point(10, seed: 18), to: point(10, seed: 19))
        == Multilinear.restrictToLine(
          smallIntegers: part[...], from: point(10, seed: 18), to: point(10, seed: 19)))
    var sum = vector(count + 3, seed: 20)
    var expected = sum
    sum.addScaled(integers, by: F(-5).inverse() ?? .one)
    expected.addScaled(asField, by: F(-5).inverse() ?? .one)
    #expect(sum == expected)
  }

  @Test("Laws: binding variables evaluates", arguments: counts.dropFirst(2))
  func lawsBinding(count: Int) {
    let v = vector(count, seed: 7)
    let r = point(variables(count), seed: 8)
    var top = v
    for challenge in r.reversed() { top.bindTop(challenge) }
    #expect(top.elements == [v.evaluateMultilinear(at: r)])
    var low = v
    for challenge in r { low.bindLow(challenge) }
    #expect(low.elements == [v.evaluateMultilinear(at: r)])
    var once = v
    once.bindTop(r[r.count - 1])
    #expect(once.count == 1 << (r.count - 1))
    #expect(v.boundTop(r[r.count - 1], half: 1 << (r.count - 1)) == once)
    // With more room than entries these meet zeros only.
    let factor = F.one - r[0]
    #expect(v.boundTop(r[0], half: 1 << r.count).elements == v.map { $0 * factor })
    once = v
    once.bindLow(r[0])
    #expect(once.count == (count + 1) / 2)
    #expect(once.evaluateMultilinear(at: Array(r.dropFirst())) == v.evaluateMultilinear(at: r))
  }

  @Test("Laws: the equality polynomial", arguments: [0, 1, 2, 5, 13, 15])
  func lawsEquality(variables: Int) {
    let r = point(variables, seed: 9), s = point(variables, seed: 10)
    let table = EqualityPolynomial.table(r)
    #expect(table.count == 1 << variables)
    #expect(table.sum() == .one)
    for index in stride(from: 0, to: table.count, by: max(1, table.count / 50)) {
      let corner = (0..<variables).map { F(index >> $0 & 1) }
      #expect(table[index] == EqualityPolynomial.evaluate(r, corner))
    }
    #expect(table.evaluateMultilinear(at: s) == EqualityPolynomial.evaluate(r, s))
    let v = vector(1 << variables, seed: 11)
    #expect(v.dot(table) == v.evaluateMultilinear(at: r))
    #expect(EqualityPolynomial.table(r, scaledBy: F(5)).elements == table.elements.map { $0 * F(5) })
  }

  @Test("Laws: restriction to a line", arguments: [0, 1, 8, 33, 129, 256, 1000, 1024, 1025, 2049, 40_000, 270_000])
  func lawsLine(count: Int) {
    let v = vector(count, seed: 12)
    for extra in 0...2 {
      let n = variables(count) + extra
      let start = point(n, seed: 13), end = point(n, seed: 14)
      let h = UnivariatePolynomial(coefficients: v.restrictToLine(from: start, to: end))
      #expect(h.coefficients.count == n + 1)
      for t in [F(0), F(1), F(-1), F(12345)] + point(1, seed: 15) {
        let onLine = start.indices.map { start[$0] + t * (end[$0] - start[$0]) }
        #expect(h.evaluate(at: t) == v.evaluateMultilinear(at: onLine))
      }
    }
  }

  @Test("RoundTrip: interpolation")
  func roundTripInterpolation() {
    for count in [0, 1, 2, 3, 4, 10, 27] {
      let values = point(count, seed: 16)
      let p = UnivariatePolynomial(interpolating: values)
      #expect(p.coefficients.count == count)
      #expect(values.indices.map { p.evaluate(at: F($0)) } == values)
    }
    #expect(UnivariatePolynomial(interpolating: [F(0), F(1), F(4)]).coefficients == [F(0), F(0), F(1)])
  }

  @Test("erasing leaves zeros, and other copies as they are") func erasing() {
    var generator = SeededGenerator(seed: 12)
    var vector = FieldVector<ScalarField>((0..<100).map { _ in .random(using: &generator) })
    let copy = vector
    vector.erase()
    #expect(vector == FieldVector(repeating: .zero, count: 100) && copy != vector)
    var empty = FieldVector<ScalarField>([])
    empty.erase()
    #expect(empty.isEmpty)
  }
}
