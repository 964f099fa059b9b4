import Algebra
import Commitment
import ConstraintSystem
import Folding
import Support
import Testing
import Transcript

/// Native folding of CycleFold instances: honest folds stay satisfied, and the clear check notices every change.
struct CycleFoldKeyTests {
  private static let key: Result<CycleFoldKey, any Error> = Result { try CycleFoldKey(chunkCount: 2) }

  /// A transcript where a primary fold left it.
  private static func transcript(_ seed: ScalarField) -> PoseidonSponge {
    var sponge = PoseidonSponge(tag: "fold")
    sponge.absorb([seed])
    _ = sponge.squeezeShort()
    return sponge
  }

  @Test func honestFoldsStaySatisfied() throws {
    let key = try Self.key.get()
    var generator = SeededGenerator(seed: 50)
    var (instance, witness) = try key.randomRunning(using: &generator)
    try key.check(instance, witness)
    for step in 0..<20 {
      let before = instance
      let claim = CycleFoldStatement.random(chunkCount: 2, using: &generator)
      let primaryDigest = ScalarField.random(using: &generator)
      let message = try key.fold(
        claim, into: &instance, witness: &witness, primaryDigest: primaryDigest,
        transcript: Self.transcript(ScalarField(step)), digitBits: 16, using: &generator)
      var sponge = Self.transcript(ScalarField(step))
      sponge.absorb([before.digest(digitBits: 16), primaryDigest])
      sponge.absorb([message.trace.x, message.trace.y])
      sponge.absorb([message.crossTerm.x, message.crossTerm.y])
      let r = sponge.squeezeShort()
      let factor = BaseField(reducing: r.canonicalLimbs)
      #expect(instance.u == before.u + factor)
      #expect(instance.publics == before.publics.indices.map { before.publics[$0] + factor * claim.publics[$0] })
      #expect(instance.trace == (message.trace.multiplied(variableTime: factor) + before.trace).affine)
      #expect(instance.error == (message.crossTerm.multiplied(variableTime: factor) + before.error).affine)
      if step % 5 == 4 { try key.check(instance, witness) }
    }
    try key.check(instance, witness)
  }

  @Test func everyChangeOfAnOpeningIsNoticed() throws {
    let key = try Self.key.get()
    var generator = SeededGenerator(seed: 51)
    var (instance, witness) = try key.randomRunning(using: &generator)
    _ = try key.fold(
      .random(chunkCount: 2, using: &generator), into: &instance, witness: &witness, primaryDigest: .one,
      transcript: Self.transcript(.one), digitBits: 16, using: &generator)
    func refused(_ change: (inout SecondaryInstance, inout SecondaryWitness) -> Void) {
      var (changed, opening) = (instance, witness)
      change(&changed, &opening)
      #expect(throws: FoldingError.self) { try key.check(changed, opening) }
    }
    refused { instance, _ in instance.u += .one }
    refused { instance, _ in instance.publics[0] += .one }
    refused { instance, _ in instance.publics[12] += .one }
    refused { instance, _ in instance.publics.removeLast() }
    refused { instance, _ in instance.publics.append(.zero) }
    refused { instance, _ in instance.trace = -instance.trace }
    refused { instance, _ in instance.error = -instance.error }
    refused { instance, _ in swap(&instance.error, &instance.trace) }
    refused { _, witness in witness.trace[0] += .one }
    refused { _, witness in witness.trace[witness.trace.count - 1] += .one }
    refused { _, witness in witness.error[0] += .one }
    refused { _, witness in witness.error[witness.error.count - 1] += .one }
    refused { _, witness in witness.traceBlinder += .one }
    refused { _, witness in witness.errorBlinder += .one }
    refused { _, witness in witness.az[0] += .one }
    refused { _, witness in witness.trace = FieldVector(witness.trace.elements.dropLast()) }
    refused { _, witness in witness.error = FieldVector(witness.error.elements + [.zero]) }
  }

  /// A satisfying opening whose error is moved into the committed trace must not pass: both commitments are checked.
  @Test func anotherOpeningUnderTheSameCommitmentIsRefused() throws {
    let key = try Self.key.get()
    var generator = SeededGenerator(seed: 52)
    let (instance, _) = try key.randomRunning(using: &generator)
    let (other, witness) = try key.randomRunning(using: &generator)
    var mixed = other
    mixed.trace = instance.trace
    #expect(throws: FoldingError.refused("commitment to the CycleFold trace")) { try key.check(mixed, witness) }
    mixed = other
    mixed.error = instance.error
    #expect(throws: FoldingError.refused("commitment to the CycleFold error")) { try key.check(mixed, witness) }
  }

  @Test func falseClaimsAreNotFolded() throws {
    let key = try Self.key.get()
    var generator = SeededGenerator(seed: 53)
    var (instance, witness) = try key.randomRunning(using: &generator)
    let before = instance
    var publics = CycleFoldStatement.random(chunkCount: 2, using: &generator).publics
    publics[6] = -publics[6]
    #expect(throws: FoldingError.refused("commitments combined by alpha")) {
      try key.fold(
        CycleFoldStatement(publics: publics), into: &instance, witness: &witness, primaryDigest: .one,
        transcript: Self.transcript(.one), digitBits: 16, using: &generator)
    }
    #expect(instance == before)
  }

  /// The circuit folds its own public list. A prover who folds a true claim in place of that false one, with another
  /// alpha, another C2 or the right C', is left without an opening of the circuit's instance.
  @Test func foldingAnotherClaimThanTheCircuitLeavesNoOpening() throws {
    let key = try Self.key.get()
    var generator = SeededGenerator(seed: 56)
    let (instance, witness) = try key.randomRunning(using: &generator)
    let claim = CycleFoldStatement.random(chunkCount: 2, using: &generator)
    let other = CycleFoldStatement.random(chunkCount: 2, using: &generator)
    for positions in [[0], [3, 4], [5], [6], Array(claim.publics.indices)] {
      var (running, opening) = (instance, witness)
      let message = try key.fold(
        claim, into: &running, witness: &opening, primaryDigest: .one, transcript: Self.transcript(.one),
        digitBits: 16, using: &generator)
      try key.check(running, opening)
      var publics = claim.publics
      for position in positions { publics[position] = other.publics[position] }
      let inCircuit = instance.folded(
        with: CycleFoldStatement(publics: publics), message, transcript: Self.transcript(.one), primaryDigest: .one)
      #expect(throws: FoldingError.refused("CycleFold constraints")) { try key.check(inCircuit, opening) }
    }
  }

  /// The incoming u is 1 and the incoming E is 0 by constants: a prover who folds an instance that is satisfied for u = 2, or
  /// for another error, is left without an opening; with what it claims of u and E it would have one.
  @Test func incomingConstantsAreNotTheProvers() throws {
    let key = try Self.key.get()
    var generator = SeededGenerator(seed: 57)
    let (instance, witness) = try key.randomRunning(using: &generator)
    let claim = CycleFoldStatement.random(chunkCount: 2, using: &generator)
    for u in [BaseField.one + .one, .one] {
      // Any trace satisfies relaxed constraints for some error; for u = 2 the true trace leaves one, for u = 1 a false one.
      var trace = try #require(claim.trace)
      if u == .one { trace[0] += .one }
      let products = key.shape.multiply(values: [BaseField](), trace: trace, publics: [u] + claim.publics)
      let error = products.a.indices.map { products.a[$0] * products.b[$0] - u * products.c[$0] }
      #expect(error.contains { !$0.isZero })
      var cross = witness.az.hadamard(FieldVector(products.b))
      cross += FieldVector(products.a).hadamard(witness.bz)
      cross.addScaled(FieldVector(products.c), by: -instance.u)
      cross.addScaled(witness.cz, by: -u)
      let r = BaseField(reducing: randomShort(using: &generator).canonicalLimbs)
      var (running, opening) = (instance, witness)
      opening.trace.addScaled(FieldVector(trace), by: r)
      opening.az.addScaled(FieldVector(products.a), by: r)
      opening.bz.addScaled(FieldVector(products.b), by: r)
      opening.cz.addScaled(FieldVector(products.c), by: r)
      opening.error.addScaled(cross, by: r)
      opening.error.addScaled(FieldVector(error), by: r.squared())
      running.trace = try key.generators.commit(opening.trace, blinder: opening.traceBlinder)
      running.publics = running.publics.indices.map { running.publics[$0] + r * claim.publics[$0] }
      // What a verifier that believes u and E arrives at.
      var believed = running
      believed.u += r * u
      believed.error = try key.generators.commit(opening.error, blinder: opening.errorBlinder)
      try key.check(believed, opening)
      // What the verifier arrives at: u is 1, E is not counted.
      var real = running
      real.u += r
      var counted = opening
      counted.error.addScaled(FieldVector(error), by: -r.squared())
      real.error = try key.generators.commit(counted.error, blinder: counted.errorBlinder)
      #expect(throws: FoldingError.refused("CycleFold constraints")) { try key.check(real, counted) }
      #expect(throws: FoldingError.self) { try key.check(real, opening) }
    }
  }

  @Test func blindersAreFresh() throws {
    let key = try Self.key.get()
    var generator = SeededGenerator(seed: 54)
    let (instance, witness) = try key.randomRunning(using: &generator)
    let claim = CycleFoldStatement.random(chunkCount: 2, using: &generator)
    let messages = try (0..<2).map { _ in
      var (running, opening) = (instance, witness)
      return try key.fold(
        claim, into: &running, witness: &opening, primaryDigest: .one, transcript: Self.transcript(.one),
        digitBits: 16, using: &generator)
    }
    #expect(messages[0].trace != messages[1].trace)
    #expect(messages[0].crossTerm != messages[1].crossTerm)
  }

  @Test func theDigestCoversEveryField() throws {
    var generator = SeededGenerator(seed: 55)
    let points = randomPoints(2, using: &generator) as [AffinePoint<SecondaryCurve>]
    let instance = SecondaryInstance(
      trace: points[0], error: points[1], u: .random(using: &generator),
      publics: (0..<13).map { _ in .random(using: &generator) })
    var digests: Set<ScalarField> = [instance.digest(digitBits: 16)]
    func add(_ change: (inout SecondaryInstance) -> Void) {
      var changed = instance
      change(&changed)
      #expect(digests.insert(changed.digest(digitBits: 16)).inserted)
    }
    add { $0.trace = -$0.trace }
    add { $0.error = -$0.error }
    add { swap(&$0.trace, &$0.error) }
    add { $0.u += .one }
    add { $0.u += BaseField(reducing: (0, 0, 1, 0)) }
    for index in instance.publics.indices {
      add { $0.publics[index] += .one }
      add { $0.publics[index] += BaseField(reducing: (0, 0, 1, 0)) }
    }
    add { $0.publics.removeLast() }
    add { $0.publics.append(.zero) }
  }
}
