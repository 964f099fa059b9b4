import Algebra
import Commitment
import ConstraintSystem
import Folding
import Foundation
import Support
import Testing
import Transcript

/// Native times per fold, printed; run with LAYERFOLD_MEASURE=1.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["LAYERFOLD_MEASURE"] != nil), .serialized)
struct CycleFoldMeasurements {
  @Test func foldOfEightChunks() throws {
    let key = try CycleFoldKey(chunkCount: 8)
    var generator = SeededGenerator(seed: 70)
    var (instance, witness) = try key.randomRunning(using: &generator)
    let claim = CycleFoldStatement.random(chunkCount: 8, using: &generator)
    let clock = ContinuousClock()
    func report(_ name: String, _ work: () throws -> Void) rethrows {
      let times = try (0..<5).map { _ in try clock.measure(work) }
      print(name, times.min() ?? .zero)
    }
    report("trace") { _ = claim.trace }
    let trace = claim.trace ?? []
    report("products") {
      _ = key.shape.multiply(values: [BaseField](), trace: trace, publics: [.one] + claim.publics)
    }
    try report("commitment to a trace") { _ = try key.generators.commit(FieldVector(trace), blinder: .one) }
    try report("commitment to an error") { _ = try key.generators.commit(witness.error, blinder: .one) }
    try report("fold") {
      _ = try key.fold(
        claim, into: &instance, witness: &witness, primaryDigest: .one, transcript: PoseidonSponge(tag: "fold"),
        digitBits: 16, using: &generator)
    }
    try key.check(instance, witness)
  }
}
