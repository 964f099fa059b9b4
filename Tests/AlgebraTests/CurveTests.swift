import Algebra
import Foundation
import Support
import Testing

@Suite("Curves")
struct CurveTests {
  private struct Vector: Decodable {
    var origin: String
    var curve: String
    var left: [String]
    var right: [String]?
    var scalar: String?
    var sum: [String]
  }

  @Test("KnownAnswer: sums and products")
  func knownAnswer() throws {
    let url = try #require(Bundle.module.url(forResource: "curves", withExtension: "json", subdirectory: "Vectors"))
    let vectors = try JSONDecoder().decode([Vector].self, from: Data(contentsOf: url))
    #expect(vectors.count == 4)
    for vector in vectors {
      if vector.curve == BN254.name {
        try expect(vector, on: BN254.self)
      } else {
        try expect(vector, on: Grumpkin.self)
      }
    }
  }

  private func expect<C: Curve>(_ vector: Vector, on curve: C.Type) throws {
    func point(_ text: [String]) throws -> AffinePoint<C> {
      try AffinePoint(
        x: #require(C.BaseField(hexadecimal: text[0])), y: #require(C.BaseField(hexadecimal: text[1])))
    }
    #expect(vector.curve == C.name)
    let left = try point(vector.left)
    if let right = vector.right {
      #expect(try (ProjectivePoint(left) + point(right)).affine == point(vector.sum), "\(vector.origin)")
    }
    if let scalar = vector.scalar {
      let factor = try #require(C.ScalarField(hexadecimal: scalar))
      #expect(try left.multiplied(variableTime: factor).affine == point(vector.sum), "\(vector.origin)")
    }
  }

  @Test("Laws: the groups, their orders and generators")
  func laws() {
    expectGroupLaws(BN254.self)
    expectGroupLaws(Grumpkin.self)
    expectGroupLaws(TinyCurve.self)
    #expect(BN254.ScalarField.modulusLimbs == Grumpkin.BaseField.modulusLimbs)
    #expect(BN254.BaseField.modulusLimbs == Grumpkin.ScalarField.modulusLimbs)
  }

  private func expectGroupLaws<C: Curve>(_ curve: C.Type) {
    #expect(C.generator.isOnCurve && !C.generator.isInfinity)
    // The order annihilates: (order - 1) G + G = O.
    #expect((C.generator.multiplied(variableTime: -.one) + C.generator).isInfinity)
    var generator = SeededGenerator(seed: 1)
    var samples: [ProjectivePoint<C>] = [.infinity, .generator, -.generator, .generator.doubled()]
    samples += (0..<6).map { _ in C.generator.multiplied(variableTime: .random(using: &generator)) }
    samples.append(samples[5] + samples[6])
    samples.append(ProjectivePoint(samples[5].affine))
    for a in samples {
      #expect(a.affine.isOnCurve)
      #expect(a + a == a.doubled())
      #expect(a + a.affine == a.doubled())
      #expect((a - a).isInfinity)
      #expect((a - a.affine).isInfinity)
      #expect(-(-a) == a)
      for b in samples {
        #expect(a + b == b + a)
        #expect(a + b == a + b.affine)
        #expect((a == b) == (a.affine == b.affine))
        #expect(a + (b + samples[4]) == (a + b) + samples[4])
      }
    }
    #expect(ProjectivePoint.normalized(samples) == samples.map(\.affine))
    let s = C.ScalarField.random(using: &generator), t = C.ScalarField.random(using: &generator)
    let p = samples[4]
    #expect(p.multiplied(variableTime: s + t) == p.multiplied(variableTime: s) + p.multiplied(variableTime: t))
    #expect(p.multiplied(variableTime: s).multiplied(variableTime: t) == p.multiplied(variableTime: s * t))
    #expect(p.multiplied(variableTime: .zero).isInfinity)
    #expect(ProjectivePoint<C>.infinity.multiplied(variableTime: s).isInfinity)
  }

  @Test("Oracle: every sum of the tiny group")
  func oracleTinyGroup() {
    let points = TinyCurve.allPoints
    #expect(Set(points).count == 31)
    for left in 0..<31 {
      #expect(points[left].isOnCurve)
      for right in 0..<31 {
        let sum = points[(left + right) % 31]
        #expect((ProjectivePoint(points[left]) + points[right]).affine == sum)
        #expect((ProjectivePoint(points[left]) + ProjectivePoint(points[right])).affine == sum)
        #expect(points[left].multiplied(variableTime: .init(right)).affine == points[left * right % 31])
      }
    }
  }

  @Test("Oracle: chords and tangents in GMP integers")
  func oracleAffineFormulas() {
    let p = BigInteger(BN254.BaseField.modulusLimbs)
    let points = curveSamples(BN254.self, count: 20, seed: 7)
    for index in points.indices {
      let left = points[index], right = points[index / 2]
      let (x1, y1, x2, y2) = (BigInteger(left.x), BigInteger(left.y), BigInteger(right.x), BigInteger(right.y))
      let rise = left == right ? 3 * x1 * x1 : y2 - y1
      let run = left == right ? 2 * y1 : x2 - x1
      guard let inverse = run.inverse(modulo: p) else {
        Issue.record("A line that is not vertical.")
        return
      }
      let slope = rise * inverse
      let x = (slope * slope - x1 - x2).modulo(p)
      let sum = (ProjectivePoint(left) + right).affine
      #expect(BigInteger(sum.x) == x)
      #expect(BigInteger(sum.y) == (slope * (x1 - x) - y1).modulo(p))
    }
  }

  @Test("RoundTrip: encodings")
  func roundTripEncodings() throws {
    try expectEncodings(BN254.self)
    try expectEncodings(Grumpkin.self)
    for point in TinyCurve.allPoints {
      #expect(try AffinePoint(compressed: point.compressed) == point)
      #expect(try AffinePoint(uncompressed: point.uncompressed) == point)
    }
  }

  private func expectEncodings<C: Curve>(_ curve: C.Type) throws {
    for point in curveSamples(C.self, count: 20, seed: 3) + [.infinity, C.generator, -C.generator] {
      #expect(try AffinePoint<C>(compressed: point.compressed) == point)
      #expect(try AffinePoint<C>(uncompressed: point.uncompressed) == point)
      #expect(point.compressed.count == 32 && point.uncompressed.count == 64)
    }
  }

  @Test("RoundTrip: many points at once, and which of them are none", arguments: [1, 3, 511, 512, 513, 1100])
  func manyPoints(count: Int) throws {
    try expectReading(BN254.self, count: count)
    try expectReading(Grumpkin.self, count: count)
  }

  private func expectReading<C: Curve>(_ curve: C.Type, count: Int) throws {
    let samples = curveSamples(C.self, count: 20, seed: 5)
    let points = (0..<count).map { samples[$0 * $0 % samples.count] }
    let bytes = [7] + points.flatMap(\.uncompressed)
    #expect(AffinePoint<C>.points(encoded: bytes[1...], checkingCurve: true) == points)
    #expect(AffinePoint<C>.points(encoded: [], checkingCurve: true).isEmpty)
    let modulus = (-C.BaseField.one).bytes
    var tooLarge = modulus
    tooLarge[0] += 1
    for index in Set([0, count / 2, count - 1]) {
      let other = AffinePoint<C>(uncheckedX: points[index].x + .one, y: points[index].y)
      for (encoding, isCanonical) in [
        (other.uncompressed, true), (tooLarge + points[index].y.bytes, false),
        (points[index].x.bytes + tooLarge, false), ([UInt8](repeating: 255, count: 64), false),
        ([UInt8](repeating: 0, count: 64), true),
      ] {
        var changed = bytes
        changed.replaceSubrange(1 + 64 * index..<65 + 64 * index, with: encoding)
        var expected = points
        expected[index] = .infinity
        #expect(AffinePoint<C>.points(encoded: changed[1...], checkingCurve: true) == expected)
        if isCanonical {
          expected[index] = encoding[0] == 0 && encoding == [UInt8](repeating: 0, count: 64) ? .infinity : other
        }
        #expect(AffinePoint<C>.points(encoded: changed[1...], checkingCurve: false) == expected)
      }
    }
  }

  @Test("Rejects: encodings that are not canonical or not on the curve")
  func rejectsEncodings() {
    let good = BN254.generator.compressed
    let modulus = (0..<32).map { BN254.BaseField.modulusBytes[$0] }
    expectThrow(.encodingLength(expected: 32, found: 31)) { try AffinePoint<BN254>(compressed: good.dropLast()) }
    expectThrow(.encodingLength(expected: 32, found: 33)) { try AffinePoint<BN254>(compressed: good + [0]) }
    expectThrow(.encodingLength(expected: 64, found: 0)) { try AffinePoint<BN254>(uncompressed: []) }
    expectThrow(.encodingNotCanonical) { try AffinePoint<BN254>(compressed: modulus) }
    // x = q + 1 would be the generator's x.
    var wrapped = modulus
    wrapped[0] += 1
    expectThrow(.encodingNotCanonical) { try AffinePoint<BN254>(compressed: wrapped) }
    expectThrow(.encodingNotCanonical) { try AffinePoint<BN254>(uncompressed: wrapped + BN254.generator.y.bytes) }
    var almostInfinity = [UInt8](repeating: 255, count: 32)
    almostInfinity[0] = 254
    expectThrow(.encodingNotCanonical) { try AffinePoint<BN254>(compressed: almostInfinity) }
    // x = 0 gives y^2 = 3, which has no root modulo q.
    expectThrow(.pointNotOnCurve) { try AffinePoint<BN254>(compressed: [UInt8](repeating: 0, count: 32)) }
    expectThrow(.pointNotOnCurve) {
      try AffinePoint<BN254>(uncompressed: BN254.generator.y.bytes + BN254.generator.x.bytes)
    }
    expectThrow(.pointNotOnCurve) { try AffinePoint<BN254>(x: .zero, y: .zero) }
    expectThrow(.pointNotOnCurve) { try AffinePoint<BN254>(x: .one, y: .one) }
  }

  private func expectThrow(_ error: AlgebraError, _ body: () throws -> AffinePoint<BN254>) {
    #expect(throws: error) { try body() }
  }

  @Test("Laws: hashing to a curve separates domains and indices, and does not depend on threads")
  func lawsHashToCurve() {
    @Sendable func digest(_ message: [UInt8]) -> [UInt8] {
      var state = message.reduce(UInt64(14_695_981_039_346_656_037)) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
      return (0..<32).map { _ in
        state = (state ^ state >> 29) &* 0xbf58_476d_1ce4_e5b9
        return UInt8(truncatingIfNeeded: state >> 32)
      }
    }
    let points = BN254.hashToCurve(domain: "test", indices: 5..<60, digest: digest)
    #expect(points.count == 55 && Set(points).count == 55)
    #expect(points.allSatisfy { $0.isOnCurve && !$0.isInfinity && !$0.y.isOdd })
    #expect(points[7] == BN254.hashToCurve(domain: "test", index: 12, digest: digest))
    #expect(points[7] != BN254.hashToCurve(domain: "tess", index: 12, digest: digest))
    let other = Grumpkin.hashToCurve(domain: "test", index: 12, digest: digest)
    #expect(other.isOnCurve && other.x.bytes != points[7].x.bytes)
  }
}

extension PrimeField {
  /// The prime as 32 little-endian bytes, which encode no element.
  static var modulusBytes: [UInt8] {
    var bytes = (-Self.one).bytes
    bytes[0] += 1  // the modulus is odd, so its predecessor's lowest byte is even
    return bytes
  }
}
