package import Algebra
import Arguments
import Circuits
import ConstraintSystem

/// What remains of a finished recursion: the last step, which nobody has folded yet, and every running instance.
package struct FinishedRecursion: Sendable, Equatable {
  /// The public state of the Final step.
  package var state: PublicState<ScalarField>
  /// The chunk commitments of the Final step's instance.
  package var commitments: [AffinePoint<PrimaryCurve>]
  /// The running instances by kind; Final's before its own fold.
  package var running: [RunningInstance]
  /// The running CycleFold instance.
  package var cycle: SecondaryInstance
  /// The messages of the fold of the Final step.
  package var lastFold: [ScalarField]

  /// Parts of a finished recursion.
  package init(
    state: PublicState<ScalarField>, commitments: [AffinePoint<PrimaryCurve>], running: [RunningInstance],
    cycle: SecondaryInstance, lastFold: [ScalarField]
  ) {
    self.state = state
    self.commitments = commitments
    self.running = running
    self.cycle = cycle
    self.lastFold = lastFold
  }
}

/// What a verifier expects of a recursion.
package struct ExpectedRecursion: Sendable, Equatable {
  /// The number of steps.
  package var steps: Int
  /// The statement chain over all inferences.
  package var statementChain: ScalarField

  /// Expectations.
  package init(steps: Int, statementChain: ScalarField) {
    self.steps = steps
    self.statementChain = statementChain
  }
}

/// Verifies everything about a finished recursion except that the running instances are satisfied, which the decider
/// proves: section 6 a to e, natively, with direct group operations.
package struct RecursionVerifier: Sendable {
  /// The sizes of the key.
  package let sizes: RecursionSizes
  /// The digest of the verification key.
  package let keyDigest: ScalarField
  /// The number of chunks in a CycleFold instance's public input.
  private var chunkCount: Int { sizes.order.total }

  /// A verifier under a key.
  package init(sizes: RecursionSizes, keyDigest: ScalarField) {
    self.sizes = sizes
    self.keyDigest = keyDigest
  }

  /// The instances whose satisfaction remains to be proved, in the order of kinds; throws `FoldingError.refused`.
  package func verify(_ proof: FinishedRecursion, expecting expected: ExpectedRecursion) throws -> [RunningInstance] {
    let state = proof.state
    let kinds = StepKind.allCases
    try require(proof.running.count == kinds.count, "number of running instances")
    try require(
      proof.commitments.count == sizes.order.total
        && proof.running.allSatisfy { $0.commitments.count == sizes.order.total }, "number of commitments")
    try require(
      proof.running.allSatisfy {
        $0.scalars.errorPoint.count == sizes.errorLog && $0.scalars.claimPoint.count == sizes.layout.logSize
      }, "lengths of claim points")
    try require(proof.lastFold.count == sizes.foldVerifier.messageCount, "number of fold messages")
    try require(
      (proof.commitments + proof.running.flatMap(\.commitments)).allSatisfy { !$0.isInfinity && $0.isOnCurve },
      "commitments are finite points of the curve")
    try require(state.keyDigest == keyDigest, "key digest")
    try require(state.phase == ScalarField(StepKind.final.rawValue), "phase of the last step")
    try require(expected.steps >= 1 && state.index == ScalarField(expected.steps), "number of steps")
    try require(state.statementChain == expected.statementChain, "statement chain")
    try require(!state.statementChain.isZero, "at least one inference")
    try require(state.weightChain.isZero, "weight chain is closed")
    try require(state.carriedOutput == sizes.absentCoordinates, "no hidden state is left over")
    for kind in kinds {
      try require(
        state.runningDigests[kind.rawValue] == proof.running[kind.rawValue].digest,
        "digest of a running instance")
    }
    try require(
      state.cycleDigest == proof.cycle.digest(digitBits: sizes.digitBits), "digest of the running CycleFold instance")

    var world = NativeArithmetic<ScalarField>(messages: proof.lastFold)
    let coordinates = ChunkCoordinates(proof.commitments.flatMap(\.scalarCoordinates), order: sizes.order)
    do {
      _ = try StateTransition(sizes: sizes).advance(from: state, coordinates: coordinates, closing: false, in: &world)
    } catch ConstraintError.violated(let label) {
      throw FoldingError.refused(label)
    }
    let last = StepKind.final.rawValue
    let outcome = try sizes.foldVerifier.verify(
      context: FoldContext(
        keyDigest: keyDigest, kind: state.phase, runningDigest: state.runningDigests[last],
        freshCoordinates: coordinates.all),
      running: proof.running[last].scalars,
      fresh: FreshScalars(x: state.digest, claimPoint: state.claimPoint, claimValue: state.claimValue), in: &world)
    try world.finish()
    var instances = proof.running
    instances[last] = RunningInstance(
      commitments: FoldProver.combine(proof.running[last].commitments, proof.commitments, by: outcome.alpha),
      scalars: outcome.scalars)
    return instances
  }

  private func require(_ condition: Bool, _ check: String) throws {
    guard condition else { throw FoldingError.refused(check) }
  }
}
