package import Algebra
import Arguments
package import Circuits
import Commitment
import ConstraintSystem
import Transcript

/// One step's contribution: what the model computed, and the commitments its weights already have.
package struct StepInput: Sendable {
  /// The kind.
  package let kind: StepKind
  /// X, Y, w and A; the recursion appends its digits to A and counts multiplicities.
  package var values: StepValues
  /// The weight chunks' commitments, made once per model.
  package let weightCommitments: [AffinePoint<PrimaryCurve>]
  /// Their blinders.
  package let weightBlinders: [ScalarField]
  /// What the circuit is told of the text, for an Embedding or a Head.
  package let tokens: TokenAdvice?
  /// The digest of the text.
  package let tokensDigest: ScalarField
  /// The selected indices of the step's selectors, one per row.
  package let selected: [String: [Int]]

  /// A step's contribution.
  package init(
    kind: StepKind, values: StepValues,
    weights: (commitments: [AffinePoint<PrimaryCurve>], blinders: [ScalarField]), tokens: TokenAdvice?,
    tokensDigest: ScalarField, selected: [String: [Int]]
  ) {
    self.kind = kind
    self.values = values
    self.weightCommitments = weights.commitments
    self.weightBlinders = weights.blinders
    self.tokens = tokens
    self.tokensDigest = tokensDigest
    self.selected = selected
  }
}

/// The folding prover: absorbs one step after another into the running instances, constant memory in their number.
package struct RecursionProver: Sendable {
  /// The key.
  package let key: RecursionKey
  /// The running instances, by kind.
  package private(set) var running: [RunningInstance]
  /// Their openings.
  package private(set) var witnesses: [RunningWitness]
  /// The running CycleFold instance.
  package private(set) var cycle: SecondaryInstance
  /// Its opening.
  package private(set) var cycleWitness: SecondaryWitness
  /// The last step, not yet folded.
  package private(set) var pending: PendingStep?

  /// A step that has been proved but not folded.
  package struct PendingStep: Sendable {
    /// Its kind.
    package let kind: StepKind
    /// Its public state.
    package let state: PublicState<ScalarField>
    /// Its instance.
    package let instance: FreshInstance
    /// Its opening.
    package let witness: FreshWitness
  }

  /// A prover whose running instances are random satisfying ones.
  package init(key: RecursionKey, using generator: inout some RandomNumberGenerator) throws {
    self.key = key
    var instances: [RunningInstance] = []
    var openings: [RunningWitness] = []
    for kind in StepKind.allCases {
      let (instance, witness) = try RandomRunning(key: key, kind: kind).sample(using: &generator)
      instances.append(instance)
      openings.append(witness)
    }
    running = instances
    witnesses = openings
    (cycle, cycleWitness) = try key.cycle.randomRunning(using: &generator)
  }

  /// Proves one step of computation and folds the one before it.
  /// - Throws: `FoldingError.phase` for a step that cannot come next; what the model's integers violate.
  package mutating func absorb(_ input: StepInput, using generator: inout some RandomNumberGenerator) throws {
    let circuit = key.circuits[input.kind.rawValue]
    let advice = try foldPending(before: input.kind, using: &generator)
    var world = WitnessBuilder<ScalarField>(
      layout: circuit.columns, values: input.values.values, messages: advice.foldMessages)
    world.reserve(traceCount: key.shapes[input.kind.rawValue].traceCount)
    let carried = try circuit.foldPrevious(advice: advice, in: &world)

    var values = input.values
    for (place, digit) in world.digits.enumerated() { values.values[circuit.step.limbs.offset + place] = Int64(digit) }
    try circuit.step.countLookups(in: &values)
    var committed = try commit(values, input: input, using: &generator)
    let own = committed.points.flatMap(\.scalarCoordinates)
    var native = NativeArithmetic<ScalarField>()
    let binding = try StateTransition(sizes: key.sizes).binding(
      key: key.digest, kind: ScalarField(input.kind.rawValue), tokens: input.tokensDigest, chunks: own, in: &native)
    let data = StepData(
      input: .int32(values.input), output: .int32(values.output), weights: .int16(values.weights),
      values: .int64(values.values), tables: circuit.step.statement.tables)
    let argument = try StepArgumentProver(circuit.plan).prove(
      data, binding: binding, selectors: input.selected)
    world.append(messages: argument.messages)
    let state = try circuit.proveStep(from: carried, own: own, tokens: input.tokens, in: &world)
    try world.finish()

    let blinders = ChunkBlinders<ScalarField>.random(count: key.sizes.order.trace.count, using: &generator)
    committed.points += try key.generators.commit(
      chunks: FieldVector(world.trace), chunkCount: key.sizes.order.trace.count, blinders: blinders).points
    committed.blinders += blinders.values
    pending = PendingStep(
      kind: input.kind, state: state,
      instance: FreshInstance(
        commitments: committed.points, x: world.publicInput(1), claimPoint: state.claimPoint,
        claimValue: state.claimValue),
      witness: FreshWitness(
        integers: [
          values.input.map(Int64.init), values.output.map(Int64.init), values.weights.map(Int64.init), values.values,
        ], trace: FieldVector(world.trace), blinders: committed.blinders))
  }

  /// Folds the last step, a Final, and returns what is left to be compressed.
  package mutating func finish() throws -> FinishedRecursion {
    guard let last = pending, last.kind == .final else {
      throw FoldingError.phase(step: "the end", after: pending.map { "\($0.kind)" } ?? "nothing")
    }
    let before = running
    let result = try foldPrimary(last)
    pending = nil
    return FinishedRecursion(
      state: last.state, commitments: last.instance.commitments, running: before, cycle: cycle,
      lastFold: result.messages)
  }

  // MARK: - The fold of the step before

  private mutating func foldPending(
    before kind: StepKind, using generator: inout some RandomNumberGenerator
  ) throws -> StepAdvice {
    guard let last = pending else {
      guard kind == .embedding else { throw FoldingError.phase(step: "\(kind)", after: "nothing") }
      return try baseAdvice(using: &generator)
    }
    guard kind.predecessors.contains(last.kind) else {
      throw FoldingError.phase(step: "\(kind)", after: "\(last.kind)")
    }
    let before = running[last.kind.rawValue]
    let result = try foldPrimary(last)
    let cycleBefore = cycle
    let message = try key.cycle.fold(
      CycleFoldStatement(
        alpha: result.alpha, running: before.commitments, fresh: last.instance.commitments,
        folded: result.instance.commitments),
      into: &cycle, witness: &cycleWitness, primaryDigest: result.instance.digest, transcript: result.transcript,
      using: &generator)
    return StepAdvice(
      isBase: false, previous: last.state, running: before, fresh: last.instance, foldMessages: result.messages,
      folded: result.instance.commitments, cycleRunning: cycleBefore, cycleMessage: message)
  }

  private mutating func foldPrimary(_ step: PendingStep) throws -> FoldProver.Result {
    let kind = step.kind.rawValue
    let result = try FoldProver(
      shape: key.shapes[kind], layout: key.sizes.layout, errorLog: key.sizes.errorLog, tables: key.verification.tableColumns
    ).fold(
      step.instance, opening: step.witness, into: running[kind], witness: &witnesses[kind],
      context: FoldContext(
        keyDigest: key.digest, kind: step.state.phase, runningDigest: running[kind].digest,
        freshCoordinates: step.instance.commitments.flatMap(\.scalarCoordinates)))
    running[kind] = result.instance
    return result
  }

  /// Advice for the first step: a fold of a dummy that satisfies every equation of the circuit and changes nothing.
  private func baseAdvice(using generator: inout some RandomNumberGenerator) throws -> StepAdvice {
    let head = StepKind.head.rawValue
    let sizes = key.sizes
    let commitments = [AffinePoint<PrimaryCurve>](repeating: sizes.absentState, count: sizes.order.total)
    let coordinates = ChunkCoordinates(commitments.flatMap(\.scalarCoordinates), order: sizes.order)
    var world = NativeArithmetic<ScalarField>(
      messages: [ScalarField](repeating: .zero, count: sizes.foldVerifier.messageCount))
    let phase = ScalarField(head)
    let binding = try StateTransition(sizes: sizes).binding(
      key: key.digest, kind: phase, tokens: .zero, chunks: coordinates.bound, in: &world)
    let state = PublicState(
      list: [key.digest, .zero, phase, .zero] + sizes.absentCoordinates + [.zero, .zero]
        + running.map(\.digest) + [cycle.digest, binding]
        + [ScalarField](repeating: .zero, count: sizes.layout.logSize + 1),
      inputChunks: sizes.order.input.count, claimLog: sizes.layout.logSize)
    let fresh = FreshInstance(
      commitments: commitments, x: state.digest, claimPoint: state.claimPoint, claimValue: state.claimValue)
    let outcome = try sizes.foldVerifier.verify(
      context: FoldContext(
        keyDigest: key.digest, kind: phase, runningDigest: running[head].digest, freshCoordinates: coordinates.all),
      running: running[head].scalars,
      fresh: FreshScalars(x: fresh.x, claimPoint: fresh.claimPoint, claimValue: fresh.claimValue), in: &world)
    let folded = RunningInstance(
      commitments: FoldProver.combine(running[head].commitments, commitments, by: outcome.alpha),
      scalars: outcome.scalars)
    var (dummy, dummyWitness) = (cycle, cycleWitness)
    let message = try key.cycle.fold(
      CycleFoldStatement(
        alpha: outcome.alpha, running: running[head].commitments, fresh: commitments, folded: folded.commitments),
      into: &dummy, witness: &dummyWitness, primaryDigest: folded.digest, transcript: outcome.transcript.native,
      using: &generator)
    return StepAdvice(
      isBase: true, previous: state, running: running[head], fresh: fresh,
      foldMessages: [ScalarField](repeating: .zero, count: sizes.foldVerifier.messageCount),
      folded: folded.commitments, cycleRunning: cycle, cycleMessage: message)
  }

  /// The step's own X^, Y^, w^, A^: X^ is what the step before left, or K; Y^ and A^ get fresh blinders.
  private func commit(
    _ values: StepValues, input: StepInput, using generator: inout some RandomNumberGenerator
  ) throws -> (points: [AffinePoint<PrimaryCurve>], blinders: [ScalarField]) {
    let order = key.sizes.order
    var points: [AffinePoint<PrimaryCurve>] = []
    var blinders: [ScalarField] = []
    if let last = pending, last.kind != .head {
      points += last.instance.commitments[order.output]
      blinders += last.witness.blinders[order.output]
    } else {
      points += order.input.map { _ in key.sizes.absentState }
      blinders += order.input.map { _ in .one }
    }
    let outputBlinders = ChunkBlinders<ScalarField>.random(count: order.output.count, using: &generator)
    points += try key.generators.commit(
      chunks: values.output.map(Int64.init), chunkCount: order.output.count, blinders: outputBlinders).points
    let valueBlinders = ChunkBlinders<ScalarField>.random(count: order.values.count, using: &generator)
    let valuePoints = try key.generators.commit(
      chunks: values.values, chunkCount: order.values.count, blinders: valueBlinders).points
    precondition(input.weightCommitments.count == order.weights.count, "one commitment for every chunk of weights")
    return (
      points + input.weightCommitments + valuePoints,
      blinders + outputBlinders.values + input.weightBlinders + valueBlinders.values
    )
  }
}
