import Algebra
import Foundation
import Support
import Testing

/// Times of the hot operations, printed; run with LAYERFOLD_MEASURE=1.
@Suite("Measurements", .enabled(if: ProcessInfo.processInfo.environment["LAYERFOLD_MEASURE"] != nil), .serialized)
struct Measurements {
  @Test("Field operations")
  func fieldOperations() {
    var generator = SeededGenerator(seed: 1)
    var x = ScalarField.random(using: &generator)
    let y = ScalarField.random(using: &generator)
    measure("product", each: 1_000_000) { for _ in 0..<1_000_000 { x = x * y } }
    measure("square", each: 1_000_000) { for _ in 0..<1_000_000 { x = x.squared() } }
    measure("sum", each: 1_000_000) { for _ in 0..<1_000_000 { x = x + y } }
    measure("inverse", each: 1000) { for _ in 0..<1000 { x = (x.inverse() ?? x) + y } }
    measure("square root", each: 100) { for _ in 0..<100 { x = x.squared().squareRoot() ?? x } }
    #expect(!x.isZero)
    var values = (0..<4096).map { _ in ScalarField.random(using: &generator) }
    measure("batch inversion", each: 4096) { batchInverse(&values) }
    measure("product of a vector", each: 4096) { for index in values.indices { values[index] *= y } }
    let generic = product(of: values)
    #expect(!generic.isZero)
  }

  func product<F: PrimeField>(of values: [F]) -> F {
    var x = F.one
    measure("generic product", each: 4096) { for value in values { x *= value } }
    return x
  }
}

/// Runs `body` and prints the wall time and the processor time of all threads it took, in nanoseconds for each of
/// `count` operations and in all.
func measure(_ name: String, each count: Int, _ body: () -> Void) {
  let processorStart = clock()
  let duration = ContinuousClock().measure(body)
  let processor = Double(clock() - processorStart) / Double(CLOCKS_PER_SEC) * 1e9
  let wall = Double(duration.components.attoseconds) / 1e9 + Double(duration.components.seconds) * 1e9
  func text(_ nanoseconds: Double) -> String { String(format: "%9.1f", nanoseconds) }
  print(
    "\(text(wall / Double(count))) ns wall, \(text(processor / Double(count))) ns processor each;",
    "\(text(wall / 1e6)) ms wall, \(text(processor / 1e6)) ms processor in all: \(name)")
}

extension Measurements {
  @Test("Vectors")
  func vectors() {
    var generator = SeededGenerator(seed: 2)
    let n = 18
    let seeds = (0..<1024).map { _ in ScalarField.random(using: &generator) }
    var v = FieldVector((0..<(1 << n)).map { seeds[$0 % 1024] })
    let w = v
    let point = Array(seeds.prefix(n)), end = Array(seeds.suffix(n))
    let integers = (0..<(1 << n)).map { Int16(truncatingIfNeeded: $0 &* 40503) }
    for _ in 0..<2 {
      measure("add", each: 1 << n) { v += w }
      measure("elementwise product", each: 1 << n) { v.multiplyElementwise(by: w) }
      measure("add scaled", each: 1 << n) { v.addScaled(w, by: point[0]) }
      measure("dot", each: 1 << n) { v[0] = v.dot(w) }
      measure("evaluate", each: 1 << n) { v[1] = v.evaluateMultilinear(at: point) }
      measure("evaluate 16-bit integers", each: 1 << n) {
        v[1] = Multilinear.evaluate(smallIntegers: integers, at: point)
      }
      measure("equality table", each: 1 << n) { v[2] = EqualityPolynomial.table(point)[5] }
      measure("restrict to line", each: 1 << n) { v[3] = v.restrictToLine(from: point, to: end)[0] }
      var copy = v
      measure("bind top", each: 1 << (n - 1)) { copy.bindTop(point[0]) }
      measure("bind low", each: 1 << (n - 2)) { copy.bindLow(point[0]) }
    }
  }
}

extension Measurements {
  @Test("Multi-scalar multiplication")
  func multiScalarMultiplication() {
    var generator = SeededGenerator(seed: 3)
    let bases = curveSamples(BN254.self, count: 1 << 18, seed: 4)
    let seeds = (0..<1024).map { _ in ScalarField.random(using: &generator) }
    var scalars = (0..<bases.count).map { seeds[$0 % 1024] * ScalarField($0) }
    var integers = (0..<bases.count).map { _ in Int64.random(in: -32768...32767, using: &generator) }
    for exponent in [10, 14, 18] {
      let some = Array(scalars.prefix(1 << exponent)), few = Array(integers.prefix(1 << exponent))
      measure("2^\(exponent) full-width scalars", each: 1 << exponent) {
        scalars[0] = BN254.multiScalarMultiplication(some, bases).isInfinity ? .one : .zero
      }
      measure("2^\(exponent) 16-bit integers", each: 1 << exponent) {
        integers[0] = BN254.multiScalarMultiplication(small: few, bases).isInfinity ? 1 : 0
      }
      measure("2^\(exponent) bits", each: 1 << exponent) {
        let bits = few.map { $0 & 1 }
        integers[0] = BN254.multiScalarMultiplication(small: bits, bases).isInfinity ? 1 : 0
      }
    }
  }
}

extension Measurements {
  @Test("Hashing to a curve")
  func hashToCurve() {
    @Sendable func digest(_ message: [UInt8]) -> [UInt8] {
      message.suffix(16) + message.suffix(16).map { $0 &* 167 }
    }
    measure("hashing to BN254, without the hash", each: 4096) {
      #expect(BN254.hashToCurve(domain: "measure", indices: 0..<4096, digest: digest).count == 4096)
    }
    measure("hashing to Grumpkin, without the hash", each: 1024) {
      #expect(Grumpkin.hashToCurve(domain: "measure", indices: 0..<1024, digest: digest).count == 1024)
    }
  }
}
