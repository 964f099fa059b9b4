import Algebra
import Arguments
package import Circuits
import ConstraintSystem

/// The folding prover: absorbs one step after another into the running instances, constant memory in their number.
package struct RecursionProver: Sendable {
  /// The key.
  package let key: RecursionKey
  /// The running instances, by kind.
  package var running: [RunningInstance]
  /// Their openings.
  package var witnesses: [RunningWitness]
  /// The running CycleFold instance.
  package var cycle: SecondaryInstance
  /// Its opening.
  package var cycleWitness: SecondaryWitness
  /// The last step, not yet folded.
  package var pending: PendingStep?

  /// A prover whose running instances are random satisfying ones.
  /// - Parameter folds: how many steps of one kind there are going to be at most; the instances start with as much randomness as
  ///   hides them.
  /// - Throws: `FoldingError.tooManyFolds`.
  package init(key: RecursionKey, folds: Int = 64, using generator: inout some RandomNumberGenerator) throws {
    self.key = key
    let samplers = StepKind.allCases.map { RandomRunning(key: key, kind: $0, folds: folds) }
    let drafts = try samplers.map { try $0.draw(using: &generator) }
    (cycle, cycleWitness) = try key.cycle.randomRunning(using: &generator)
    let starts = try Parallel.mapTasks(count: samplers.count) { kind in
      Result { try samplers[kind].instance(of: drafts[kind]) }
    }.map { try $0.get() }
    running = starts.map(\.0)
    witnesses = starts.map(\.1)
  }

  /// Proves one step of computation and folds the one before it.
  /// - Throws: `FoldingError.phase` for a step that cannot come next; what the model's integers violate.
  package mutating func absorb(_ input: StepInput, using generator: inout some RandomNumberGenerator) throws {
    try requirePhase(of: input.kind)
    // The CycleFold instance and the circuit keep one processor busy for a while: there is something for the other.
    let early = EarlySums(of: input.values, under: key)
    let (advice, update) = try fold(before: input.kind, using: &generator)
    let last = pending
    let opening = last.flatMap { last in update?.applied(to: takeWitness(of: last.kind)) }
    defer { if let last, let opening { witnesses[last.kind.rawValue] = opening.results()[0] } }
    var step = StepProver(key: key, input: input, advice: advice)
    try step.foldPrevious()
    try step.commit(after: last.flatMap { $0.kind == .head ? nil : $0 }, early: early, using: &generator)
    try step.argue()
    pending = try step.finish(using: &generator)
  }

  /// The opening of a kind, of which nothing is left here.
  private mutating func takeWitness(of kind: StepKind) -> RunningWitness {
    let witness = witnesses[kind.rawValue]
    witnesses[kind.rawValue] = .absent
    return witness
  }

  /// Folds the last step, a Final, and returns what is left to be compressed.
  package mutating func finish() throws -> FinishedRecursion {
    guard let last = pending, last.kind == .final else {
      throw FoldingError.phase(step: "the end", after: pending.map { "\($0.kind)" } ?? "nothing")
    }
    let before = running
    let result = try fold(last)
    running[last.kind.rawValue] = result.instance
    result.update.apply(to: &witnesses[last.kind.rawValue])
    pending = nil
    return FinishedRecursion(
      state: last.state, commitments: last.instance.commitments, running: before, cycle: cycle,
      lastFold: result.messages)
  }

  // MARK: - The fold of the step before

  /// Folds the last step, which `kind` follows, and tells what the next circuit must know of it.
  package mutating func foldPending(
    before kind: StepKind, using generator: inout some RandomNumberGenerator
  ) throws -> StepAdvice {
    let (advice, update) = try fold(before: kind, using: &generator)
    if let last = pending { update?.apply(to: &witnesses[last.kind.rawValue]) }
    return advice
  }

  /// The same but for the opening of the last step's kind, which the update makes that of its running instance.
  private mutating func fold(
    before kind: StepKind, using generator: inout some RandomNumberGenerator
  ) throws -> (StepAdvice, OpeningUpdate?) {
    try requirePhase(of: kind)
    guard let last = pending else {
      let base = BaseFold(keyDigest: key.digest, sizes: key.sizes, cycleKey: key.cycle)
      let advice = try base.advice(
        running: running[StepKind.head.rawValue], digests: running.map(\.digest), cycle: (cycle, cycleWitness),
        using: &generator)
      return (advice, nil)
    }
    let before = running[last.kind.rawValue]
    let result = try fold(last)
    let cycleBefore = cycle
    let statement = CycleFoldStatement(
      alpha: result.alpha, running: before.commitments, fresh: last.instance.commitments,
      folded: result.instance.commitments)
    var transcript = result.transcript
    statement.absorbEncoding(digitBits: key.sizes.digitBits, into: &transcript)
    let message = try key.cycle.fold(
      statement, into: &cycle, witness: &cycleWitness, primaryDigest: result.instance.digest, transcript: transcript,
      digitBits: key.sizes.digitBits, using: &generator)
    let advice = StepAdvice(
      isBase: false, previous: last.state, running: before, fresh: last.instance, foldMessages: result.messages,
      folded: result.instance.commitments, cycleRunning: cycleBefore, cycleMessage: message)
    running[last.kind.rawValue] = result.instance
    return (advice, result.update)
  }

  /// Throws `FoldingError.phase` unless a step of this kind can come next.
  private func requirePhase(of kind: StepKind) throws {
    guard let last = pending?.kind else {
      guard kind == .embedding else { throw FoldingError.phase(step: "\(kind)", after: "nothing") }
      return
    }
    guard kind.predecessors.contains(last) else { throw FoldingError.phase(step: "\(kind)", after: "\(last)") }
  }

  /// The fold of a step into the running instance of its kind, which is left as it was, as its opening is.
  private mutating func fold(_ step: PendingStep) throws -> FoldProver.Result {
    let kind = step.kind.rawValue
    witnesses[kind].fillUnlessStart()
    let result = try FoldProver(
      shape: key.shapes[kind], layout: key.sizes.layout, errorLog: key.sizes.errorLog,
      tables: key.tableColumns
    ).fold(
      step.instance, opening: step.witness, into: running[kind], witness: witnesses[kind],
      context: FoldContext(
        keyDigest: key.digest, kind: step.state.phase, runningDigest: running[kind].digest,
        freshCoordinates: step.instance.commitments.flatMap(\.scalarCoordinates)))
    return result
  }
}
