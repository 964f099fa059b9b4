import Algebra
import ConstraintSystem
import Foundation
import Support
import Testing
import Transcript

/// A transcript that absorbs and squeezes, and hashes of long lists: about 100 000 rows.
private struct Busy: Gadget {
  func run<World: CircuitArithmetic>(in world: inout World) throws -> [World.Element] where World.Field == ScalarField {
    var transcript = SpongeTranscript<World>(tag: "step", in: &world)
    var claim = try world.message()
    for _ in 0..<200 {
      let message = try world.messages(2)
      try transcript.absorb(message, in: &world)
      let challenge = try transcript.squeeze(in: &world)
      claim = world.multiply(world.multiply(message[1], challenge) + message[0], challenge) + claim
    }
    for _ in 0..<8 { claim = try world.hash("running", [claim] + world.messages(100)) }
    for _ in 0..<100 { _ = try LimbedElement(in: &world) { .one } }
    return [claim]
  }
}

/// Runs a circuit the way a module does that cannot specialise its text.
@_semantics("optimize.sil.specialize.generic.never")
@inline(never)
private func runUnspecialised<World: CircuitArithmetic>(
  _ gadget: Busy, in world: inout World
) throws where World.Field == ScalarField {
  _ = try gadget.run(in: &world)
}

/// Processor time, which other programs do not disturb much.
private struct ProcessorClock {
  /// The time `body` takes, in milliseconds, summed over threads.
  func measure(_ body: () throws -> Void) rethrows -> Double {
    let start = clock()
    try body()
    return Double(clock() - start) * 1000 / Double(CLOCKS_PER_SEC)
  }
}

/// Times of the hot operations, printed; run with LAYERFOLD_MEASURE=1.
@Suite("Measurements", .enabled(if: ProcessInfo.processInfo.environment["LAYERFOLD_MEASURE"] != nil), .serialized)
struct Measurements {
  @Test("Measurement: shape, witness, products")
  func measurement() throws {
    let clock = ProcessorClock()
    let messages = randomElements(401 + 800, seed: 1)
    let layout = StepColumns(digitBits: 16, limbs: 0..<8192)
    var builder = ShapeBuilder<ScalarField>(layout: layout)
    let recording = try clock.measure { _ = try Busy().run(in: &builder) }
    var shape = builder.finish()
    let finishing = clock.measure { shape = builder.finish() }
    var witness = WitnessBuilder<ScalarField>(layout: layout, messages: messages)
    let filling = try clock.measure { _ = try Busy().run(in: &witness) }
    var other = WitnessBuilder<ScalarField>(layout: layout, messages: messages)
    let unspecialised = try clock.measure { try runUnspecialised(Busy(), in: &other) }
    #expect(other.trace == witness.trace)
    let values = witness.digits.map { Int64($0) }
    var products = shape.multiply(values: values, trace: witness.trace, publics: witness.publics)
    let multiplying = clock.measure {
      products = shape.multiply(values: values, trace: witness.trace, publics: witness.publics)
    }
    #expect(shape.firstViolation(of: products, u: .one) == nil)
    let weights = [ScalarField](repeating: .one, count: shape.rowCount)
    let combining = clock.measure { _ = shape.combineColumns(weights: weights, .one, .one, .one) }
    var bytes: [UInt8] = []
    let encoding = clock.measure { bytes = shape.bytes }
    var native = NativeArithmetic<ScalarField>(messages: messages)
    let natively = try clock.measure {
      var transcript = SpongeTranscript<NativeArithmetic<ScalarField>>(tag: "step", in: &native)
      for _ in 0..<200 {
        try transcript.absorb(native.messages(2), in: &native)
        _ = try transcript.squeeze(in: &native)
      }
    }
    var sponge = PoseidonSponge(tag: "step")
    let directly = clock.measure {
      for index in 0..<200 {
        sponge.absorb([messages[2 * index], messages[2 * index + 1]])
        _ = sponge.squeeze()
      }
    }
    var product = ScalarField(UInt64(3))
    let field = clock.measure { for _ in 0..<1_000_000 { product *= product } }
    print(
      """
      \(shape.rowCount) rows, \(shape.entryCount) entries in \(shape.combinations.rowCount) combinations, \(shape.combinations.coefficients.count) coefficients, \
      \(bytes.count) bytes: record \(recording), finish \(finishing), fill \(filling) (unspecialised \(unspecialised)), multiply \(multiplying), \
      combine \(combining), encode \(encoding) ms; a permutation native \(natively * 5), directly \(directly * 5) us; \
      a field product \(field) ns \(product.isZero)
      """)
  }
}
