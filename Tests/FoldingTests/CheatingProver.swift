import Algebra
import Arguments
import Circuits
import Commitment
import ConstraintSystem
import Folding
import Support

/// An honest run stopped before each of its steps, from which cheating provers start.
struct StoppedRun: Sendable {
  let tiny: TinyRecursion
  /// The prover before each step, and the step's honest input: Embedding, layers, Head, Final.
  let stops: [(prover: RecursionProver, input: StepInput)]
  /// The prover after the last step, a Final, which is not folded yet.
  let end: RecursionProver

  /// Runs one inference and keeps the prover before every step.
  init(prompt: [Int] = [58, 355], tiny: TinyRecursion, seed: UInt64 = 11) throws {
    self.tiny = tiny
    var generator = SeededGenerator(seed: seed)
    var prover = try RecursionProver(key: tiny.key, using: &generator)
    var stops: [(prover: RecursionProver, input: StepInput)] = []
    for input in try tiny.inputs(prompt: prompt, newTokens: 2, using: &generator) {
      stops.append((prover, input))
      try prover.absorb(input, using: &generator)
    }
    self.stops = stops
    end = prover
  }

  /// One run with a few positions, shared by all tests.
  static let shared = Result { try StoppedRun(tiny: TinyRecursion(positions: 4, chunkLog: 16)) }
  /// A run of another text under the same key.
  static let other = Result { try StoppedRun(prompt: [42, 7], tiny: shared.get().tiny, seed: 12) }

  /// What is left of the run, the openings of the running instances, and the statement it proves.
  func finished() throws -> (proof: FinishedRecursion, prover: RecursionProver, expected: ExpectedRecursion) {
    var prover = end
    let proof = try prover.finish()
    return (
      proof, prover, ExpectedRecursion(steps: stops.count, statementChain: proof.state.statementChain)
    )
  }
}

/// What a cheating prover does to one step, and what notices.
enum CheatingProver {
  /// Proves a step leniently, after changing whatever `cheat` changes at its stage.
  static func prove(
    _ input: StepInput, advice: StepAdvice, after previous: PendingStep?, key: RecursionKey,
    beforeCommitting: (inout StepProver) throws -> Void = { _ in },
    beforeArguing: (inout StepProver) throws -> Void = { _ in },
    beforeFinishing: (inout StepProver) throws -> Void = { _ in }
  ) throws -> PendingStep {
    var generator = SeededGenerator(seed: 23)
    var step = StepProver(key: key, input: input, advice: advice, isStrict: false)
    try step.foldPrevious()
    try beforeCommitting(&step)
    try step.commit(after: previous, using: &generator)
    try beforeArguing(&step)
    try step.argue()
    try beforeFinishing(&step)
    return try step.finish(using: &generator)
  }

  /// The labels of all rows a step's witness violates; none when only a claim is false.
  static func violations(_ step: PendingStep, key: RecursionKey) -> Set<String> {
    let shape = key.shapes[step.kind.rawValue]
    let products = shape.multiply(
      values: step.witness.integers[3], trace: step.witness.trace.elements, publics: [.one, step.instance.x])
    var labels: Set<String> = []
    for row in 0..<shape.rowCount where products.a[row] * products.b[row] != products.c[row] {
      let name = shape.names?[row] ?? "row \(row)"
      labels.insert(String(name.split(separator: ": ").last ?? ""))
    }
    return labels
  }

  /// Whether a step's evaluation claim is true.
  static func claimHolds(_ step: PendingStep, key: RecursionKey) -> Bool {
    let layout = key.sizes.layout
    let point = step.instance.claimPoint
    let line = ClaimLine(from: point, to: point, in: layout)
    let segments = step.witness.integers.map { FieldVector<ScalarField>(smallIntegers: $0) }
    let tables = line.restrict(tables: key.circuits[0].step.statement.tables.integers)
    return line.restrict(segments: segments)[0] + tables[0] == step.instance.claimValue
  }

  /// Advice about a fold of `last` into `running`, whatever they are, that satisfies every equation of the fold: the
  /// messages are zeros, which only the decider can tell.
  static func advice(
    folding last: PendingStep, into running: RunningInstance, cycle: SecondaryInstance, witness: SecondaryWitness,
    key: RecursionKey
  ) throws -> StepAdvice {
    var generator = SeededGenerator(seed: 29)
    let messages = [ScalarField](repeating: .zero, count: key.sizes.foldVerifier.messageCount)
    var world = NativeArithmetic<ScalarField>(messages: messages)
    let outcome = try key.sizes.foldVerifier.verify(
      context: FoldContext(
        keyDigest: last.state.keyDigest, kind: last.state.phase, runningDigest: running.digest,
        freshCoordinates: last.instance.commitments.flatMap(\.scalarCoordinates)),
      running: running.scalars,
      fresh: FreshScalars(
        x: last.state.digest, claimPoint: last.state.claimPoint, claimValue: last.state.claimValue), in: &world)
    let folded = RunningInstance(
      commitments: FoldProver.combine(running.commitments, last.instance.commitments, by: outcome.alpha),
      scalars: outcome.scalars)
    var (after, afterWitness) = (cycle, witness)
    let statement = CycleFoldStatement(
      alpha: outcome.alpha, running: running.commitments, fresh: last.instance.commitments, folded: folded.commitments)
    var transcript = outcome.transcript.native
    statement.absorbEncoding(digitBits: key.sizes.digitBits, into: &transcript)
    let message = try key.cycle.fold(
      statement, into: &after, witness: &afterWitness, primaryDigest: folded.digest, transcript: transcript,
      digitBits: key.sizes.digitBits, using: &generator)
    return StepAdvice(
      isBase: false, previous: last.state, running: running, fresh: last.instance, foldMessages: messages,
      folded: folded.commitments, cycleRunning: cycle, cycleMessage: message)
  }
}
