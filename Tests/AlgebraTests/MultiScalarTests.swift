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

  @Test("Oracle: coefficients -1, 0 and 1, by combinations of one, two and three points", arguments: 1...3)
  func signedCombinations(groupSize: Int) {
    let bases = curveSamples(BN254.self, count: 9002, seed: 12)
    let combinations = SignedCombinations(of: bases, groupSize: groupSize)
    for count in [0, 1, 2, 5, 7, 600, 9002] {
      let coefficients = (0..<count).map { (index: Int) -> Int16 in Int16((index * 7919 + index / 11) % 3) - 1 }
      let expected = BN254.multiScalarMultiplication(small: coefficients, bases)
      #expect(combinations.sum(coefficients[...]) == expected)
    }
    #expect(combinations.sum([Int16](repeating: 0, count: 100)[...]).isInfinity)
    // Equal and opposite neighbours: combinations that are infinity or a double.
    let repeated = [bases[0], bases[0], -bases[0], bases[1], bases[1], bases[1]]
    let few = SignedCombinations(of: repeated, groupSize: groupSize)
    for number in 0..<729 {
      let coefficients = [1, 3, 9, 27, 81, 243].map { (power: Int) -> Int16 in Int16(number / power % 3) - 1 }
      var expected = ProjectivePoint<BN254>.infinity
      for (coefficient, point) in zip(coefficients, repeated) where coefficient != 0 {
        expected += coefficient > 0 ? point : -point
      }
      #expect(few.sum(coefficients[...]) == expected)
    }
  }
}
