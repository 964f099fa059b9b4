package import Algebra
import Arguments
import Circuits
import ConstraintSystem

/// What stands in for a fold in the very first step: a dummy that satisfies every equation of the circuit and changes
/// nothing.
package struct BaseFold: Sendable {
  /// The digest of the verification key.
  let keyDigest: ScalarField
  /// The sizes of the key.
  let sizes: RecursionSizes
  /// The CycleFold circuit and its generators.
  let cycleKey: CycleFoldKey

  /// The dummy under a key.
  package init(keyDigest: ScalarField, sizes: RecursionSizes, cycleKey: CycleFoldKey) {
    self.keyDigest = keyDigest
    self.sizes = sizes
    self.cycleKey = cycleKey
  }

  /// Advice for the first step, given the running instance of heads, the digests of all kinds and CycleFold's instance
  /// with its opening.
  package func advice(
    running head: RunningInstance, digests: [ScalarField],
    cycle: (instance: SecondaryInstance, witness: SecondaryWitness),
    using generator: inout some RandomNumberGenerator
  ) throws -> StepAdvice {
    let commitments = [AffinePoint<PrimaryCurve>](repeating: sizes.absentState, count: sizes.order.total)
    let coordinates = ChunkCoordinates(commitments.flatMap(\.scalarCoordinates), order: sizes.order)
    var world = NativeArithmetic<ScalarField>(
      messages: [ScalarField](repeating: .zero, count: sizes.foldVerifier.messageCount))
    let phase = ScalarField(StepKind.head.rawValue)
    let binding = try StateTransition(sizes: sizes).binding(
      key: keyDigest, kind: phase, tokens: .zero, chunks: coordinates.bound, in: &world)
    let state = PublicState(
      list: [keyDigest, .zero, phase, .zero] + sizes.absentCoordinates + [.zero, .zero]
        + digests + [cycle.instance.digest(digitBits: sizes.digitBits), binding]
        + [ScalarField](repeating: .zero, count: sizes.layout.logSize + 1),
      inputChunks: sizes.order.input.count, claimLog: sizes.layout.logSize)
    let fresh = FreshInstance(
      commitments: commitments, x: state.digest, claimPoint: state.claimPoint, claimValue: state.claimValue)
    let outcome = try sizes.foldVerifier.verify(
      context: FoldContext(
        keyDigest: keyDigest, kind: phase, runningDigest: head.digest, freshCoordinates: coordinates.all),
      running: head.scalars,
      fresh: FreshScalars(x: fresh.x, claimPoint: fresh.claimPoint, claimValue: fresh.claimValue), in: &world)
    let folded = RunningInstance(
      commitments: FoldProver.combine(head.commitments, commitments, by: outcome.alpha),
      scalars: outcome.scalars)
    var (dummy, dummyWitness) = cycle
    let statement = CycleFoldStatement(
      alpha: outcome.alpha, running: head.commitments, fresh: commitments, folded: folded.commitments)
    var transcript = outcome.transcript.native
    statement.absorbEncoding(digitBits: sizes.digitBits, into: &transcript)
    let message = try cycleKey.fold(
      statement, into: &dummy, witness: &dummyWitness, primaryDigest: folded.digest, transcript: transcript,
      digitBits: sizes.digitBits, using: &generator)
    return StepAdvice(
      isBase: true, previous: state, running: head, fresh: fresh,
      foldMessages: [ScalarField](repeating: .zero, count: sizes.foldVerifier.messageCount),
      folded: folded.commitments, cycleRunning: cycle.instance, cycleMessage: message)
  }
}
