import Algebra
import Folding
import LayerFold
import Support
import Testing

@Suite("Benchmarks") struct BenchmarkTests {
  @Test(
    "Rejects: folds whose result is not an opening, not satisfied, or not what the next step says", arguments: [1, 254])
  func folds(bits: Int) throws {
    var generator = SeededGenerator(seed: UInt64(bits))
    var benchmark = try FoldBenchmark(logConstraints: 14, bits: bits, using: &generator)
    try benchmark.check()
    let phases = try benchmark.fold(using: &generator)
    #expect(phases.count == (bits == 254 ? 13 : 12) && phases.allSatisfy { $0.seconds >= 0 })
    #expect(Set(phases.map(\.name)).count == phases.count)
    try benchmark.check()

    func refused(_ check: String, _ alter: (inout FoldBenchmark) -> Void) {
      var altered = benchmark
      alter(&altered)
      #expect(throws: LayerFoldError.internalFailure("a folded instance fails the check of \(check)")) {
        try altered.check()
      }
    }
    refused("the error's value") { $0.running.scalars.errorValue += .one }
    refused("the error's value") { $0.running.scalars.u += .one }
    refused("the claim on Q") { $0.running.scalars.claimValue += .one }
    refused("commitment 3") { $0.witness.segments[3][5] += .one }
    refused("commitment 4") { $0.witness.segments[4][7] += .one }
    refused("commitment 2") { $0.witness.blinders[2] += .one }
    refused("commitment 3") { $0.pending?.witness.integers[3][12_000] += 1 }
    refused("the claim on Q") { $0.pending?.instance.claimValue += .one }
    refused("the public input") { $0.pending?.state.index += .one }
    #expect(throws: LayerFoldError.self) {
      var altered = benchmark
      altered.cycle.u += .one
      try altered.check()
    }
    // A step that violates a constraint, and what is folded from it. There are no synthetic integers where there are squares.
    guard bits < 254 else { return }
    _ = try benchmark.fold(using: &generator) { $0[$0.count - 1] += 2 }
    #expect(throws: LayerFoldError.self) { try benchmark.check() }
    _ = try benchmark.fold(using: &generator)
    #expect(throws: LayerFoldError.internalFailure("a folded instance fails the check of the error's value")) {
      try benchmark.check()
    }
  }
}
