import Algebra
import ConstraintSystem
import Folding
import Support
import Testing

/// The CycleFold circuit: what satisfies it, what it refuses, and that its trace is a function of its public list.
struct CycleFoldCircuitTests {
  private static func shape(chunkCount: Int) throws -> ConstraintShape<BaseField> {
    let circuit = CycleFoldCircuit(chunkCount: chunkCount)
    var world = ShapeBuilder<BaseField>(layout: circuit.columns)
    try circuit.constrain(publics: (1...circuit.publicCount).map { world.publicInput($0) }, in: &world)
    return world.finish()
  }

  /// The shape with the trace an unchecked witness world computes for a claim, true or false.
  private static func fill(
    _ claim: CycleFoldStatement, _ shape: ConstraintShape<BaseField>
  ) throws -> FilledCircuit<BaseField> {
    let circuit = CycleFoldCircuit(chunkCount: claim.chunkCount)
    var world = WitnessBuilder<BaseField>(layout: circuit.columns, isStrict: false)
    try circuit.constrain(publics: claim.publics, in: &world)
    return FilledCircuit(shape: shape, publics: [.one] + claim.publics, trace: world.trace)
  }

  @Test func sizesAreTheAnnouncedOnes() throws {
    for chunkCount in [1, 3] {
      let shape = try Self.shape(chunkCount: chunkCount)
      let circuit = CycleFoldCircuit(chunkCount: chunkCount)
      #expect(shape.rowCount == circuit.rowCount && circuit.rowCount == 192 + 779 * chunkCount)
      #expect(shape.traceCount == circuit.traceCount)
      #expect(shape.publicCount == 1 + circuit.publicCount)
    }
  }

  @Test func writingOutTheChunksIsRecordingThem() throws {
    for chunkCount in [1, 2, 5] {
      let shape = try CycleFoldCircuit(chunkCount: chunkCount).shape()
      let recorded = try Self.shape(chunkCount: chunkCount)
      #expect(shape == recorded && shape.bytes == recorded.bytes)
    }
  }

  @Test func trueClaimsAreSatisfiedByTheNativeTrace() throws {
    var generator = SeededGenerator(seed: 40)
    let shape = try Self.shape(chunkCount: 2)
    let top = ScalarField(reducing: (0, 1 << 63, 0, 0))
    let largest = ScalarField(reducing: (.max, .max, 0, 0))
    let special = [
      ScalarField(2), ScalarField(3), ScalarField(4), ScalarField(7), top, top + .one, largest, largest - .one,
    ]
    for alpha in special.map(Optional.some) + [nil, nil, nil, nil] {
      let claim = CycleFoldStatement.random(chunkCount: 2, alpha: alpha, using: &generator)
      let filled = try Self.fill(claim, shape)
      #expect(filled.violation == nil)
      let trace = try #require(claim.trace)
      #expect(filled.z == [.one] + claim.publics + trace)
    }
  }

  @Test func everySingleChangeOfTheTraceIsNoticed() throws {
    var generator = SeededGenerator(seed: 41)
    var filled = try Self.fill(.random(chunkCount: 2, using: &generator), Self.shape(chunkCount: 2))
    #expect(filled.survivors() == [])
  }

  @Test func everySingleChangeOfThePublicListIsRefused() throws {
    var generator = SeededGenerator(seed: 42)
    let shape = try Self.shape(chunkCount: 2)
    let claim = CycleFoldStatement.random(chunkCount: 2, using: &generator)
    let honest = try Self.fill(claim, shape)
    for index in claim.publics.indices {
      for change in [BaseField.one, -.one, -claim.publics[index].doubled()] {
        var publics = claim.publics
        publics[index] += change
        let changed = CycleFoldStatement(publics: publics)
        #expect(changed.trace == nil)
        #expect(try Self.fill(changed, shape).violation != nil, "recomputed trace, public \(index)")
        var kept = honest
        kept.z[1 + index] = publics[index]
        #expect(kept.violation != nil, "kept trace, public \(index)")
      }
    }
  }

  @Test func falseClaimsAreRefused() throws {
    var generator = SeededGenerator(seed: 43)
    let shape = try Self.shape(chunkCount: 1)
    let claim = CycleFoldStatement.random(chunkCount: 1, using: &generator)
    let other = CycleFoldStatement.random(chunkCount: 1, using: &generator)
    func refused(_ row: String, _ change: (inout [BaseField]) -> Void) throws {
      var publics = claim.publics
      change(&publics)
      #expect(CycleFoldStatement(publics: publics).trace == nil)
      let violation = try Self.fill(CycleFoldStatement(publics: publics), shape).violation
      #expect(violation?.contains(row) == true, "\(row): \(violation ?? "satisfied")")
    }
    try refused("sum") { $0[0] = other.publics[0] }
    try refused("sum") { $0[3...4] = other.publics[3...4] }
    try refused("sum") { $0[6] = -$0[6] }
    try refused("alpha is its bits") { $0[0] += BaseField(reducing: (0, 0, 1, 0)) }
    // (x, y + 1) is on the curve y^2 = x^3 + b' for another b', where the chord and tangent formulas work as well.
    try refused("on its curve") { $0[2] += .one }
    try refused("on its curve") { $0[4] += .one }
    // Infinity has no coordinates; (0, 0), which stands for it natively, is off the curve.
    try refused("on its curve") {
      $0[1...2] = [.zero, .zero]
      $0[5...6] = $0[3...4]
    }
  }

  @Test func foldsThatCannotBeExpressedAreRefusedNotMisread() throws {
    var generator = SeededGenerator(seed: 44)
    let shape = try Self.shape(chunkCount: 1)
    // alpha = 0 and alpha = 1: the last subtraction would be C2 - C2.
    for alpha in [ScalarField.zero, .one] {
      let claim = CycleFoldStatement.random(chunkCount: 1, alpha: alpha, using: &generator)
      #expect(claim.trace == nil)
      #expect(try Self.fill(claim, shape).violation != nil)
    }
    // C1 = alpha C2: a free slope would prove any C'.
    let alpha = randomShort(using: &generator)
    let fresh = randomPoints(1, using: &generator) as [AffinePoint<PrimaryCurve>]
    let running = fresh[0].multiplied(variableTime: alpha).affine
    let sum = ProjectivePoint(running).doubled().affine
    let equal = CycleFoldStatement(alpha: alpha, running: [running], fresh: fresh, folded: [sum])
    #expect(equal.trace == nil)
    #expect(try Self.fill(equal, shape).violation?.contains("differs") == true)
    let free = BaseField.random(using: &generator)
    let x = free.squared() - running.x.doubled()
    let forged = AffinePoint<PrimaryCurve>(uncheckedX: x, y: free * (running.x - x) - running.y)
    var filled = try Self.fill(
      CycleFoldStatement(alpha: alpha, running: [running], fresh: fresh, folded: [forged]), shape)
    filled.z[filled.z.count - 1] = free
    #expect(filled.violation?.contains("differs") == true)
  }
}
