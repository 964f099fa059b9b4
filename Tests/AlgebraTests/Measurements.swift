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

/// Runs `body` and prints the time it took, in nanoseconds, for each of `count` operations.
func measure(_ name: String, each count: Int, _ body: () -> Void) {
  let clock = ContinuousClock()
  let duration = clock.measure(body)
  let nanoseconds = Double(duration.components.attoseconds) / 1e9 + Double(duration.components.seconds) * 1e9
  print("\(name): \(nanoseconds / Double(count)) ns each, \(nanoseconds / 1e6) ms in all")
}
