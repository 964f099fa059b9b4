import Algebra
import Arguments
import Circuits
import Commitment
import ConstraintSystem
import Folding
import Support
import Testing

/// Each test breaks one rule of the recursion, recomputes everything after it consistently, and finds that exactly the named
/// check is violated: with that check disabled the step would pass.
@Suite struct CheatingTests {
  private let run: StoppedRun
  private var key: RecursionKey { run.tiny.key }

  init() throws { run = try StoppedRun.shared.get() }

  /// The prover before a step, the advice for it, and its honest input.
  private func stop(_ place: Int) throws -> (prover: RecursionProver, advice: StepAdvice, input: StepInput) {
    var generator = SeededGenerator(seed: 31)
    var prover = run.stops[place].prover
    let advice = try prover.foldPending(before: run.stops[place].input.kind, using: &generator)
    return (prover, advice, run.stops[place].input)
  }

  /// What an otherwise honest step violates after folding `last` into the running instances of `prover`.
  private func violations(
    folding last: PendingStep, into prover: RecursionProver, by input: StepInput
  ) throws -> Set<String> {
    let advice = try CheatingProver.advice(
      folding: last, into: prover.running[last.kind.rawValue], cycle: prover.cycle, witness: prover.cycleWitness,
      key: key)
    return CheatingProver.violations(
      try CheatingProver.prove(input, advice: advice, after: last, key: key), key: key)
  }

  @Test func honestStepsViolateNothing() throws {
    for place in [0, 1, 2, run.stops.count - 2, run.stops.count - 1] {
      let (prover, advice, input) = try stop(place)
      let previous = prover.pending.flatMap { $0.kind == .head ? nil : $0 }
      let step = try CheatingProver.prove(input, advice: advice, after: previous, key: key)
      #expect(CheatingProver.violations(step, key: key).isEmpty)
      #expect(CheatingProver.claimHolds(step, key: key))
    }
  }

  @Test func aLayerOfAnotherRunIsRefusedByTheInputLink() throws {
    let other = try StoppedRun.other.get()
    guard var foreign = other.stops[3].prover.pending, let own = run.stops[3].prover.pending else { return }
    // Everything the step says of the recursion is this run's; only its hidden states are the other run's.
    let (prover, advice, _) = try stop(2)
    var input = other.stops[2].input
    input.tokensDigest = run.stops[2].input.tokensDigest
    foreign = try CheatingProver.prove(
      input, advice: advice, after: other.stops[2].prover.pending, key: key)
    #expect(CheatingProver.violations(foreign, key: key).isEmpty && prover.pending != nil && own.kind == .layer)
    #expect(
      try violations(folding: foreign, into: prover, by: run.stops[3].input) == [
        "input of the folded step is the output before it"
      ])
  }

  @Test func valuesCommittedAfterTheChallengesAreRefusedByTheBindingDigest() throws {
    guard var late = run.stops[2].prover.pending else { return }
    let chunk = key.sizes.order.values.lowerBound
    late.instance.commitments[chunk] = late.instance.commitments[chunk + 1]
    #expect(
      try violations(folding: late, into: run.stops[2].prover, by: run.stops[2].input) == [
        "binding digest of the folded step"
      ])
  }

  @Test func aRunningInstanceThatIsNotTheHashedOneIsRefused() throws {
    let (prover, _, input) = try stop(2)
    guard let last = run.stops[2].prover.pending else { return }
    let advice = try CheatingProver.advice(
      folding: last, into: prover.running[StepKind.final.rawValue], cycle: run.stops[2].prover.cycle,
      witness: run.stops[2].prover.cycleWitness, key: key)
    let step = try CheatingProver.prove(input, advice: advice, after: last, key: key)
    #expect(
      CheatingProver.violations(step, key: key) == ["digest of the running instance of the folded kind"])
  }

  @Test func anOlderCycleFoldInstanceIsRefused() throws {
    guard let last = run.stops[3].prover.pending else { return }
    let advice = try CheatingProver.advice(
      folding: last, into: run.stops[3].prover.running[last.kind.rawValue], cycle: run.stops[1].prover.cycle,
      witness: run.stops[1].prover.cycleWitness, key: key)
    let step = try CheatingProver.prove(run.stops[3].input, advice: advice, after: last, key: key)
    #expect(CheatingProver.violations(step, key: key) == ["digest of the running CycleFold instance"])
  }

  @Test func skippingAllLayersIsRefusedByThePhaseMachine() throws {
    guard let embedding = run.stops[1].prover.pending else { return }
    let head = run.stops.count - 2
    let prover = run.stops[1].prover
    let advice = try CheatingProver.advice(
      folding: embedding, into: prover.running[StepKind.layer.rawValue], cycle: prover.cycle,
      witness: prover.cycleWitness, key: key)
    let step = try CheatingProver.prove(run.stops[head].input, advice: advice, after: embedding, key: key)
    #expect(CheatingProver.violations(step, key: key) == ["phase of the folded step"])
  }

  @Test func aHeadOverAnotherPromptLengthIsRefused() throws {
    let head = run.stops.count - 2
    var (prover, advice, input) = try stop(head)
    guard let tokens = input.tokens, let previous = prover.pending else { return }
    input.tokens = TokenAdvice(promptLength: tokens.promptLength - 1, length: tokens.length, salt: tokens.salt)
    let step = try CheatingProver.prove(input, advice: advice, after: previous, key: key)
    #expect(
      CheatingProver.violations(step, key: key).isSubset(of: [
        "tokens are those of the embedding", "a generated token is the greedy one",
      ]))
    #expect(CheatingProver.violations(step, key: key).contains("tokens are those of the embedding"))
    advice.isBase = false
  }

  @Test func anArgumentOnOtherChallengesIsRefused() throws {
    let (prover, advice, input) = try stop(2)
    var own: [ScalarField] = []
    let step = try CheatingProver.prove(
      input, advice: advice, after: prover.pending, key: key,
      beforeArguing: {
        own = $0.own
        $0.own[0] += .one
      }, beforeFinishing: { $0.own = own })
    #expect(!CheatingProver.violations(step, key: key).isEmpty)
  }

  @Test(arguments: [0, 1, 5]) func aChangedArgumentMessageIsRefused(place: Int) throws {
    let (prover, advice, input) = try stop(2)
    let step = try CheatingProver.prove(
      input, advice: advice, after: prover.pending, key: key,
      beforeFinishing: { $0.argument[$0.argument.count / (place + 1) - 1] += .one })
    #expect(!CheatingProver.violations(step, key: key).isEmpty || !CheatingProver.claimHolds(step, key: key))
  }

  @Test func aPublicInputThatIsNotTheStatesHashIsRefused() throws {
    let (prover, advice, input) = try stop(2)
    var step = try CheatingProver.prove(input, advice: advice, after: prover.pending, key: key)
    step.instance.x += .one
    #expect(CheatingProver.violations(step, key: key) == ["public input"])
  }

  /// A fold with one message altered: the decider finds the value that is now false.
  @Test func alteredFoldMessagesAreRefusedByTheDecider() throws {
    let sizes = key.sizes
    let places: [(index: Int, refusal: ClearDecider.Refusal)] = [
      (0, .errorValue(kind: 1)), (sizes.errorLog, .claimValue(kind: 1)),
      (sizes.errorLog + sizes.layout.logSize, .claimValue(kind: 1)),
      (sizes.foldVerifier.messageCount - 1, .errorValue(kind: 1)),
    ]
    guard let last = run.stops[3].prover.pending else { return }
    let before = run.stops[3].prover
    for place in places {
      var folded = before
      var generator = SeededGenerator(seed: 37)
      let honest = try folded.foldPending(before: .layer, using: &generator)
      try ClearDecider.check(folded.running[1], folded.witnesses[1], kind: .layer, key: key)
      var messages = honest.foldMessages
      messages[place.index] += .one
      if place.index < messages.count - 1 {
        let point = try outcome(of: last, into: before.running[1], messages).scalars.errorPoint
        messages[messages.count - 1] = crossValue(of: last, with: before, at: point)
      }
      let outcome = try outcome(of: last, into: before.running[1], messages)
      // The cheating prover folds its openings with the challenge it gets.
      var witness = before.witnesses[1]
      let segments = last.witness.integers.map { FieldVector<ScalarField>(smallIntegers: $0) } + [last.witness.trace]
      for (index, vector) in segments.enumerated() { witness.segments[index].addScaled(vector, by: outcome.alpha) }
      witness.blinders = zip(witness.blinders, last.witness.blinders).map { $0 + outcome.alpha * $1 }
      let instance = RunningInstance(
        commitments: FoldProver.combine(
          before.running[1].commitments, last.instance.commitments, by: outcome.alpha), scalars: outcome.scalars)
      #expect(throws: place.refusal) {
        try ClearDecider.check(instance, witness, kind: .layer, key: key)
      }
    }
  }

  /// The fold's outcome for given messages.
  private func outcome(
    of last: PendingStep, into running: RunningInstance, _ messages: [ScalarField]
  ) throws -> FoldOutcome<NativeArithmetic<ScalarField>> {
    var world = NativeArithmetic<ScalarField>(messages: messages)
    return try key.sizes.foldVerifier.verify(
      context: FoldContext(
        keyDigest: key.digest, kind: last.state.phase, runningDigest: running.digest,
        freshCoordinates: last.instance.commitments.flatMap(\.scalarCoordinates)),
      running: running.scalars,
      fresh: FreshScalars(
        x: last.instance.x, claimPoint: last.instance.claimPoint, claimValue: last.instance.claimValue), in: &world)
  }

  /// The value of the cross term at a point, from its definition.
  private func crossValue(of last: PendingStep, with prover: RecursionProver, at point: [ScalarField]) -> ScalarField {
    let (witness, u) = (prover.witnesses[1], prover.running[1].scalars.u)
    let fresh = key.shapes[1].multiply(
      values: last.witness.integers[3], trace: last.witness.trace.elements, publics: [.one, last.instance.x])
    let cross = fresh.a.indices.map { row in
      witness.az[row] * fresh.b[row] + fresh.a[row] * witness.bz[row] - u * fresh.c[row] - witness.cz[row]
    }
    return FieldVector(cross).evaluateMultilinear(at: point)
  }
}
