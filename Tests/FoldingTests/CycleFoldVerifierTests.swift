import Algebra
import ConstraintSystem
import Folding
import Support
import Testing
import Transcript

/// The CycleFold fold inside a step circuit: equal to the native fold, and what it refuses.
struct CycleFoldVerifierTests {
  @Test(arguments: [16, 13, 8]) func honestFoldsAreSatisfiedAndEqualTheNativeFold(digitBits: Int) throws {
    let harness = try CycleFoldVerifierHarness(chunkCount: 2, digitBits: digitBits)
    var generator = SeededGenerator(seed: 60)
    for _ in 0..<5 {
      let inputs = harness.randomInputs(using: &generator)
      let (filled, digest) = try harness.fill(inputs)
      #expect(filled.violation == nil)
      #expect(digest == harness.native(inputs).digest(digitBits: digitBits))
    }
  }

  /// A coordinate and the coordinate plus r are equal modulo r, and so in the digest of U'; r depends on which of them is meant.
  @Test func theOtherEncodingOfACoordinateChangesTheChallenge() throws {
    let harness = try CycleFoldVerifierHarness(chunkCount: 2)
    var generator = SeededGenerator(seed: 66)
    var honest = harness.randomInputs(using: &generator)
    for index in 1...12 {
      var publics = honest.claim.publics
      publics[index] = BaseField(UInt64.random(in: 1 << 40...1 << 50, using: &generator))
      honest.claim = CycleFoldStatement(publics: publics)
    }
    for index in 1...12 {
      var other = honest
      var publics = honest.claim.publics
      publics[index] += BaseField(reducing: ScalarField.modulusLimbs)
      other.claim = CycleFoldStatement(publics: publics)
      let coordinates = [honest, other].map { ScalarField(reducing: $0.claim.publics[index].canonicalLimbs) }
      #expect(coordinates[0] == coordinates[1])
      #expect(harness.native(other).u != harness.native(honest).u)
      #expect(try harness.fill(other).digest == harness.native(other).digest(digitBits: harness.digitBits))
    }
  }

  /// The same for the numbers of the running instance, u among them, which the digest takes in modulo r.
  @Test(arguments: [16, 13, 8]) func theOtherEncodingOfARunningNumberHasAnotherDigest(digitBits: Int) throws {
    let harness = try CycleFoldVerifierHarness(chunkCount: 2, digitBits: digitBits)
    var generator = SeededGenerator(seed: 67)
    var honest = harness.randomInputs(using: &generator)
    func small() -> BaseField { BaseField(UInt64.random(in: 0...1 << 50, using: &generator)) }
    honest.running.u = small()
    for index in honest.running.publics.indices { honest.running.publics[index] = small() }
    honest.runningDigest = honest.running.digest(digitBits: digitBits)
    #expect(try harness.fill(honest).filled.violation == nil)
    let modulus = BaseField(reducing: ScalarField.modulusLimbs)
    for index in -1..<honest.running.publics.count {
      var other = honest
      if index < 0 { other.running.u += modulus } else { other.running.publics[index] += modulus }
      let violation = try harness.fill(other).filled.violation
      #expect(violation?.contains("digest of the running") == true, "number \(index)")
      other.runningDigest = other.running.digest(digitBits: digitBits)
      #expect(try harness.fill(other).filled.violation == nil)
    }
  }

  /// Numbers at the ends of their ranges: carries, quotients and digits still fit.
  @Test(arguments: [16, 13, 8]) func extremeNumbersFold(digitBits: Int) throws {
    let harness = try CycleFoldVerifierHarness(chunkCount: 2, digitBits: digitBits)
    var generator = SeededGenerator(seed: 61)
    for extreme in [BaseField.zero, .one, -.one, BaseField(reducing: (.max, .max, 0, 0))] {
      var inputs = harness.randomInputs(using: &generator)
      inputs.running.u = extreme
      for index in inputs.running.publics.indices { inputs.running.publics[index] = extreme }
      inputs.runningDigest = inputs.running.digest(digitBits: harness.digitBits)
      inputs.claim = CycleFoldStatement(
        publics: inputs.claim.publics[..<1] + inputs.claim.publics.dropFirst().map { _ in -BaseField.one })
      #expect(try harness.fill(inputs).filled.violation == nil)
    }
  }

  @Test func everySingleChangeOfAVariableIsNoticed() throws {
    let harness = try CycleFoldVerifierHarness(chunkCount: 1)
    var generator = SeededGenerator(seed: 62)
    var (filled, _) = try harness.fill(harness.randomInputs(using: &generator))
    #expect(filled.violation == nil)
    #expect(filled.survivors() == [])
  }

  @Test func falseInputsAreRefused() throws {
    let harness = try CycleFoldVerifierHarness(chunkCount: 1)
    var generator = SeededGenerator(seed: 63)
    let honest = harness.randomInputs(using: &generator)
    func refused(_ row: String, _ change: (inout CycleFoldVerifierHarness.Inputs) -> Void) throws {
      var inputs = honest
      change(&inputs)
      let violation = try harness.fill(inputs).filled.violation
      #expect(violation?.contains(row) == true, "\(row): \(violation ?? "satisfied")")
    }
    // An older or another running instance does not have the digest of the public state.
    let other = harness.randomInputs(using: &generator)
    try refused("digest of the running") { $0.running = other.running }
    try refused("digest of the running") { $0.running.u += .one }
    try refused("digest of the running") { $0.running.publics[0] += .one }
    try refused("digest of the running") { $0.running.publics[6] += BaseField(reducing: (0, 0, 1, 0)) }
    try refused("digest of the running") { $0.running.trace = -$0.running.trace }
    try refused("digest of the running") { $0.running.error = -$0.running.error }
    // Points off Grumpkin, (0, 0) among them.
    let off = AffinePoint<SecondaryCurve>(uncheckedX: honest.message.trace.x, y: honest.message.trace.y + .one)
    try refused("on its curve") { $0.message.trace = off }
    try refused("on its curve") { $0.message.crossTerm = off }
    try refused("on its curve") { $0.message.trace = .infinity }
    try refused("on its curve") { $0.message.crossTerm = .infinity }
    for keyPath in [\SecondaryInstance.trace, \SecondaryInstance.error] {
      try refused("on its curve") {
        $0.running[keyPath: keyPath] = off
        $0.runningDigest = $0.running.digest(digitBits: harness.digitBits)
      }
    }
  }

  /// Whatever the primary fold or the prover changes, the circuit arrives at another instance.
  @Test func theFoldDependsOnEveryInput() throws {
    let harness = try CycleFoldVerifierHarness(chunkCount: 1)
    var generator = SeededGenerator(seed: 64)
    let honest = harness.randomInputs(using: &generator)
    var digests: Set<ScalarField> = [try harness.fill(honest).digest]
    func add(_ change: (inout CycleFoldVerifierHarness.Inputs) -> Void) throws {
      var inputs = honest
      change(&inputs)
      inputs.runningDigest = inputs.running.digest(digitBits: harness.digitBits)
      let (filled, digest) = try harness.fill(inputs)
      #expect(filled.violation == nil)
      #expect(digests.insert(digest).inserted)
    }
    for index in 1...6 {
      try add { inputs in
        var publics = inputs.claim.publics
        publics[index] = -publics[index]
        inputs.claim = CycleFoldStatement(publics: publics)
      }
    }
    try add { $0.primaryDigest += .one }
    try add { $0.message.trace = -$0.message.trace }
    try add { $0.message.crossTerm = -$0.message.crossTerm }
    try add { $0.running.u += .one }
    try add { $0.running.publics[3] += .one }
  }

  /// x + q has the same residue as x, and is not its encoding.
  @Test func encodingsBeyondTheModulusAreRefused() throws {
    let harness = try CycleFoldVerifierHarness(chunkCount: 1)
    var generator = SeededGenerator(seed: 65)
    let (honest, _) = try harness.fill(harness.randomInputs(using: &generator))
    let first = honest.shape.publicCount
    let digitsOfElement = 32
    // The elements in order: 6 coordinates, u and 7 numbers of the running instance, each 16 digits and the 16 of its
    // complement; then those of the folded instance, which have quotients and carries between them.
    for element in 0..<14 {
      var filled = honest
      let start = first + digitsOfElement * element
      var carry: UInt64 = 0
      for digit in 0..<16 {
        let words = BaseField.modulusLimbs
        let word = [words.0, words.1, words.2, words.3][digit / 4] >> UInt64(16 * (digit % 4)) & 0xffff
        let sum = filled.z[start + digit].canonicalLimbs.0 + word + carry
        filled.z[start + digit] = ScalarField(sum & 0xffff)
        carry = sum >> 16
      }
      #expect(carry == 0 && filled.violation != nil)
    }
  }

  /// The price of the fold in every step circuit, as Docs state it.
  @Test func rowsForEightChunks() throws {
    let harness = try CycleFoldVerifierHarness(chunkCount: 8)
    let rows = Dictionary(uniqueKeysWithValues: harness.rowTable.map { ($0.scope, $0.rows) })
    #expect(rows["cyclefold"] == 10_343)
    #expect(rows["cyclefold/hash"] == (2 * 9 + 1) * 363)
    #expect(rows["cyclefold/folded points"] == 63 + 2 * 779)
    #expect(rows["cyclefold/running numbers"] == 4 * 50)
    #expect(rows["cyclefold/folded numbers"] == 7 * 50)
    #expect(harness.digitCount == 32 * 48 + 32 * 50 + 58 * 50)
  }

  /// The search for unnoticed changes finds a variable that nothing constrains.
  @Test func theSearchFindsFreeVariables() throws {
    func circuit<World: Arithmetic>(in world: inout World) throws where World.Field == ScalarField {
      let values = try world.advice(count: 3, from: []) { _ in [ScalarField(2), ScalarField(3), ScalarField(4)] }
      try world.requireProduct(values[0], values[0], equals: values[2], "square")
    }
    let columns = StepColumns(digitBits: 16, limbs: 0..<0, publicCount: 1)
    var builder = ShapeBuilder<ScalarField>(layout: columns)
    try circuit(in: &builder)
    var world = WitnessBuilder<ScalarField>(layout: columns)
    try circuit(in: &world)
    var filled = FilledCircuit(shape: builder.finish(), publics: world.publics, trace: world.trace)
    // The sign of the root and the second variable are free.
    #expect(filled.violation == nil)
    #expect(filled.survivors() == [1, 2])
  }
}
