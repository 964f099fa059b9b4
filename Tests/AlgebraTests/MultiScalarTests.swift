import Algebra
import Support
import Testing

@Suite("Multi-scalar multiplication")
struct MultiScalarTests {
  static let counts = [0, 1, 2, 47, 48, 49, 300, 1000]

  /// The sum by single scalar multiplications.
  private func naive<C: Curve>(_ scalars: [C.ScalarField], _ bases: [AffinePoint<C>]) -> ProjectivePoint<C> {
    scalars.indices.reduce(.infinity) { $0 + bases[$1].multiplied(variableTime: scalars[$1]) }
  }

  @Test("Oracle: full-width scalars", arguments: counts)
  func oracleWide(count: Int) {
    expectWide(BN254.self, count: count)
    expectWide(Grumpkin.self, count: count)
  }

  private func expectWide<C: Curve>(_ curve: C.Type, count: Int) {
    var generator = SeededGenerator(seed: 1)
    let bases = curveSamples(C.self, count: count + 3, seed: 2)
    let random = (0..<count).map { _ in C.ScalarField.random(using: &generator) }
    let extreme = Array((fieldSamples(C.ScalarField.self, random: count, seed: 3)).prefix(count))
    for scalars in [random, extreme, [C.ScalarField](repeating: -.one, count: count)] {
      #expect(C.multiScalarMultiplication(scalars, bases) == naive(scalars, bases))
    }
    #expect(C.multiScalarMultiplication([C.ScalarField](repeating: .zero, count: count), bases).isInfinity)
    let sparse = random.indices.map { (index: ($0 * 7) % bases.count, scalar: random[$0]) }
    #expect(
      C.multiScalarMultiplication(sparse: sparse, bases) == naive(random, sparse.map { bases[$0.index] }))
  }

  @Test("Oracle: points folded with weights", arguments: [1, 15, 16, 17, 70])
  func oracleFolded(length: Int) {
    expectFolded(length, curveSamples(BN254.self, count: 8 * length, seed: 7))
    expectFolded(length, curveSamples(Grumpkin.self, count: 8 * length, seed: 8))
    expectFolded(length, (0..<(8 * length)).map { TinyCurve.allPoints[1 + $0 % 30] })
  }

  private func expectFolded<C: Curve>(_ length: Int, _ points: [AffinePoint<C>]) {
    var generator = SeededGenerator(seed: 9)
    let random = (0..<8).map { _ in C.ScalarField.random(using: &generator) }
    let extreme = Array(fieldSamples(C.ScalarField.self, random: 8, seed: 10).prefix(8))
    var some = points
    for index in points.indices where index % 5 == 0 { some[index] = index % 10 == 0 ? .infinity : points[0] }
    let equal = [AffinePoint<C>](repeating: points[1 % points.count], count: 8 * length)
    let small = [1, 1, -1, -1, 2, 0, 0, -2].map { C.ScalarField($0) }
    let choices: [[C.ScalarField]] = [random, extreme, small, small.reversed(), [random[0]]]
    for source in [points, some, equal] {
      for weights in choices {
        let blocks = Array(source.prefix(weights.count * length))
        let expected = (0..<length).map { place in
          naive(weights, weights.indices.map { blocks[$0 * length + place] }).affine
        }
        #expect(C.folded(blocks, weights: weights) == expected)
      }
    }
  }

  @Test("Oracle: small integers of every width", arguments: [1, 2, 8, 15, 16, 17, 31, 32, 61, 62, 63, 64])
  func oracleSmall(width: Int) {
    var generator = SeededGenerator(seed: 4)
    let bases = curveSamples(BN254.self, count: 600, seed: 5)
    for count in [0, 5, 100, 600] {
      var integers = (0..<count).map { _ in
        Int64.random(in: Int64.min...Int64.max, using: &generator) >> Int64(64 - width)
      }
      if count > 4 {
        integers[1] = Int64.max >> Int64(64 - width)
        integers[2] = Int64.min >> Int64(64 - width)
        integers[3] = 0
      }
      let expected = naive(integers.map { ScalarField($0) }, bases)
      #expect(BN254.multiScalarMultiplication(small: integers, bases) == expected)
    }
  }

  @Test("Laws: bits, signs and integer types")
  func lawsBits() {
    let bases = curveSamples(BN254.self, count: 20_000, seed: 6)
    let bits = bases.indices.map { Int8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 9 & 1) }
    let sum = bases.indices.reduce(ProjectivePoint<BN254>.infinity) { bits[$1] == 1 ? $0 + bases[$1] : $0 }
    #expect(BN254.multiScalarMultiplication(small: bits, bases) == sum)
    #expect(BN254.multiScalarMultiplication(small: bits.map { -Int32($0) }, bases) == -sum)
    #expect(BN254.multiScalarMultiplication(small: [Int16](repeating: 0, count: 20_000), bases).isInfinity)
  }

  @Test("Oracle: equal and opposite points and infinity, in the tiny group", arguments: [48, 100, 1000])
  func oracleTinyGroup(count: Int) {
    let points = TinyCurve.allPoints
    var generator = SeededGenerator(seed: UInt64(count))
    for round in 0..<20 {
      let multiples = (0..<count).map { _ in Int.random(in: 0..<31, using: &generator) }
      let bases = multiples.map { points[$0] }
      let integers = (0..<count).map { _ in Int64.random(in: -40...40, using: &generator) * Int64(round % 3) }
      let sum = multiples.indices.reduce(0) { $0 + multiples[$1] * Int(integers[$1]) }
      let expected = points[((sum % 31) + 31) % 31]
      #expect(TinyCurve.multiScalarMultiplication(small: integers, bases).affine == expected)
      let scalars = integers.map { TinyCurve.ScalarField($0) }
      #expect(TinyCurve.multiScalarMultiplication(scalars, bases).affine == expected)
    }
  }

  @Test("Laws: one point many times")
  func lawsEqualPoints() {
    let bases = [AffinePoint<BN254>](repeating: .generator, count: 20_000)
    let ones = [Int64](repeating: 1, count: bases.count)
    #expect(
      BN254.multiScalarMultiplication(small: ones, bases)
        == ProjectivePoint.generator.multiplied(variableTime: ScalarField(bases.count)))
    let alternating = bases.indices.map { Int64($0 % 2 == 0 ? 5 : -5) }
    #expect(BN254.multiScalarMultiplication(small: alternating, bases).isInfinity)
  }

  @Test("Oracle: several lists of coefficients -1, 0 and 1 at once", arguments: [1, 2, 3, 4, 7, 13])
  func signedSums(lists: Int) {
    let bases = curveSamples(BN254.self, count: 2002, seed: 12)
    for count in [0, 1, 2, 7, 600, 2002] {
      var generator = SeededGenerator(seed: UInt64(lists * 10_000 + count))
      // Some lists are shorter than others, some much shorter, which are summed apart.
      let coefficients = (0..<lists).map { list in
        (0..<(list % 3 == 1 ? count / 2 : list % 5 == 3 ? count / 9 : count)).map { _ in
          Int16.random(in: -1...1, using: &generator)
        }
      }
      let found = SignedSums<BN254>.sums(coefficients.map { $0[...] }, bases)
      #expect(found == coefficients.map { BN254.multiScalarMultiplication(small: $0, bases) })
    }
    #expect(SignedSums<BN254>.sums([[0, 0, 0], []], bases) == [.infinity, .infinity])
  }

  @Test("Oracle: all patterns of five lists, over equal, opposite and infinite points")
  func signedSumsOfAllPatterns() {
    let points = curveSamples(BN254.self, count: 2, seed: 13)
    let patterns = (0..<243).map { number in [1, 3, 9, 27, 81].map { Int16(number / $0 % 3) - 1 } }
    for bases in [[points[0]], [points[0], points[0], -points[0]], [points[0], .infinity, points[1], -points[1]]] {
      let repeated = (0..<243).map { bases[$0 % bases.count] }
      let lists = (0..<5).map { list in patterns.map { $0[list] } }
      let expected = lists.map { list in
        zip(list, repeated).reduce(ProjectivePoint<BN254>.infinity) {
          $1.0 == 0 ? $0 : $1.0 > 0 ? $0 + $1.1 : $0 - $1.1
        }
      }
      #expect(SignedSums<BN254>.sums(lists.map { $0[...] }, repeated) == expected)
    }
  }

  @Test("Lists are summed in equal passes, more at once the more points there are")
  func patternLengths() {
    #expect(SignedSums<BN254>.patternLength(lists: 24, points: 1 << 19) == 8)
    #expect(SignedSums<BN254>.patternLength(lists: 30, points: 1 << 19) == 10)
    #expect(SignedSums<BN254>.patternLength(lists: 30, points: 1 << 10) < 7)
    #expect(SignedSums<BN254>.patternLength(lists: 1, points: 5) == 1)
    #expect(SignedSums<BN254>.patternLength(lists: 0, points: 0) == 1)
  }
}
