import Algebra
import ConstraintSystem
import Folding
import Support
import Transcript

/// A step circuit that contains nothing but the CycleFold fold: what the primary fold would supply is advice.
struct CycleFoldVerifierHarness {
  /// What the circuit is given.
  struct Inputs {
    var running: SecondaryInstance
    var message: SecondaryFoldMessage
    var claim: CycleFoldStatement
    var runningDigest: ScalarField
    var primaryDigest: ScalarField
  }

  let chunkCount: Int
  let digitBits: Int
  let shape: ConstraintShape<ScalarField>
  let rowTable: [(scope: String, rows: Int)]
  let digitCount: Int
  private let columns: StepColumns

  init(chunkCount: Int, digitBits: Int = 16) throws {
    self.chunkCount = chunkCount
    self.digitBits = digitBits
    columns = StepColumns(digitBits: digitBits, limbs: 0..<1 << 16, publicCount: 2)
    var builder = ShapeBuilder<ScalarField>(layout: columns)
    try Self.run(nil, chunkCount: chunkCount, in: &builder)
    shape = builder.finish()
    rowTable = builder.rowTable
    digitCount = builder.digitCount
  }

  /// The transcript of the primary fold up to alpha.
  static func transcript(_ primaryDigest: ScalarField) -> PoseidonSponge {
    var sponge = PoseidonSponge(tag: "fold")
    sponge.absorb([primaryDigest])
    return sponge
  }

  /// A random primary fold with its true claim, and a running instance with a message, all points arbitrary.
  func randomInputs(using generator: inout SeededGenerator) -> Inputs {
    let primaryDigest = ScalarField.random(using: &generator)
    var sponge = Self.transcript(primaryDigest)
    let points = randomPoints(4, using: &generator) as [AffinePoint<SecondaryCurve>]
    let running = SecondaryInstance(
      trace: points[0], error: points[1], u: .random(using: &generator),
      publics: (0..<1 + 6 * chunkCount).map { _ in .random(using: &generator) })
    return Inputs(
      running: running, message: SecondaryFoldMessage(trace: points[2], crossTerm: points[3]),
      claim: .random(chunkCount: chunkCount, alpha: sponge.squeezeShort(), using: &generator),
      runningDigest: running.digest(digitBits: digitBits), primaryDigest: primaryDigest)
  }

  /// What a prover who reports no failing check makes of the inputs, and the digest it arrives at.
  func fill(_ inputs: Inputs) throws -> (filled: FilledCircuit<ScalarField>, digest: ScalarField) {
    var world = WitnessBuilder<ScalarField>(layout: columns, isStrict: false)
    try Self.run(inputs, chunkCount: chunkCount, in: &world)
    let filled = FilledCircuit(
      shape: shape, publics: world.publics, values: world.digits.map { Int64($0) }, trace: world.trace)
    return (filled, world.publics[1])
  }

  /// The fold by its definition.
  func native(_ inputs: Inputs) -> SecondaryInstance {
    var transcript = Self.transcript(inputs.primaryDigest)
    _ = transcript.squeezeShort()
    inputs.claim.absorbEncoding(digitBits: digitBits, into: &transcript)
    return inputs.running.folded(
      with: inputs.claim, inputs.message, transcript: transcript, primaryDigest: inputs.primaryDigest,
      digitBits: digitBits)
  }

  private static func run<World: CircuitArithmetic>(
    _ inputs: Inputs?, chunkCount: Int, in world: inout World
  ) throws where World.Field == ScalarField {
    func given<Value>(_ part: (Inputs) -> Value) throws -> Value {
      guard let inputs else { throw FoldingError.missingAdvice }
      return part(inputs)
    }
    let digests = try world.advice(count: 2, from: []) { _ in
      [try given(\.runningDigest), try given(\.primaryDigest)]
    }
    var transcript = SpongeTranscript<World>(tag: "fold", in: &world)
    try transcript.absorb([digests[1]], in: &world)
    let (_, alphaBits) = try transcript.squeezeShort(in: &world)
    func points(_ role: Int, in world: inout World) throws -> [LimbedPoint<World>] {
      try (0..<chunkCount).map { chunk in
        let start = 1 + 6 * chunk + 2 * role
        return try LimbedPoint(in: &world) {
          AffinePoint(uncheckedX: try given(\.claim.publics[start]), y: try given(\.claim.publics[start + 1]))
        }
      }
    }
    let running = try points(0, in: &world)
    let fresh = try points(1, in: &world)
    let folded = try points(2, in: &world)
    let digest = try SecondaryFoldVerifier(chunkCount: chunkCount).verify(
      CycleFoldClaim(alphaBits: alphaBits, running: running, fresh: fresh, folded: folded, in: world),
      advice: inputs.map { ($0.running, $0.message) }, digests: (digests[0], digests[1]), transcript: &transcript,
      in: &world)
    try world.setPublic(1, to: digest, "digest of the folded CycleFold instance")
  }
}

extension SecondaryInstance {
  /// The fold by its definition.
  func folded(
    with claim: CycleFoldStatement, _ message: SecondaryFoldMessage, transcript: PoseidonSponge,
    primaryDigest: ScalarField, digitBits: Int = 16
  ) -> SecondaryInstance {
    var sponge = transcript
    sponge.absorb([digest(digitBits: digitBits), primaryDigest])
    sponge.absorb([message.trace.x, message.trace.y])
    sponge.absorb([message.crossTerm.x, message.crossTerm.y])
    let r = BaseField(reducing: sponge.squeezeShort().canonicalLimbs)
    return SecondaryInstance(
      trace: (message.trace.multiplied(variableTime: r) + trace).affine,
      error: (message.crossTerm.multiplied(variableTime: r) + error).affine,
      u: u + r, publics: publics.indices.map { publics[$0] + r * claim.publics[$0] })
  }
}
