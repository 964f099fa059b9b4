import Algebra
import Arguments
import Circuits
import Commitment
import ConstraintSystem
package import Folding
import Transcript

/// Folds synthetic steps into a random full-width running instance, over and over.
package struct FoldBenchmark {
  /// The circuit.
  let step: SyntheticStep
  /// The running instance.
  package var running: RunningInstance
  /// Its opening.
  package var witness: RunningWitness
  /// The running CycleFold instance.
  package var cycle: SecondaryInstance
  /// Its opening.
  package var cycleWitness: SecondaryWitness
  /// The last step, not yet folded.
  package var pending: PendingStep?

  private let generators: Generators<PrimaryCurve>
  private let cycleKey: CycleFoldKey
  private let tables: [[Int64]]
  private let keyDigest: ScalarField
  /// The digests of the other kinds' running instances, which nobody folds into.
  private let otherDigest: ScalarField
  private let stopwatch = Stopwatch()

  /// Makes circuit and generators, a random running instance of which every committed entry is uniform, and the first step,
  /// which has no step before it.
  ///
  /// - Parameters:
  ///   - logConstraints: log2 of the number of synthetic constraints, 14 to 22.
  ///   - bits: of the witness, 1, 8, 16 or 254.
  package init(logConstraints: Int, bits: Int, using generator: inout some RandomNumberGenerator) throws {
    generators = Generators(logCount: logConstraints)
    step = try SyntheticStep(logConstraints: logConstraints, bits: bits, absentState: generators.blindingBase)
    let sizes = step.sizes
    cycleKey = try CycleFoldKey(chunkCount: sizes.order.total)
    tables = SyntheticStep.tables.integers
    keyDigest = .random(using: &generator)
    otherDigest = .random(using: &generator)
    let lengths = [0, 0, 0, 1 << logConstraints, step.shape.traceCount]
    (running, witness) = try Self.randomRunning(
      step, lengths: lengths, tables: tables, generators: generators, using: &generator)
    (cycle, cycleWitness) = try cycleKey.randomRunning(using: &generator)
    let base = BaseFold(
      keyDigest: keyDigest, sizes: sizes, cycleKey: cycleKey)
    let integers = step.integers(using: &generator)
    pending = try prove(
      after: base.advice(
        running: running, digests: digests, cycle: (cycle, cycleWitness), using: &generator),
      integers: integers, early: earlySums(of: integers), using: &generator)
  }

  /// Folds the step before and proves the next one; returns the time of every part.
  ///
  /// Drawing the synthetic integers is not measured.
  /// - Parameter alter: what a test does to the next step's committed integers.
  package mutating func fold(
    using generator: inout some RandomNumberGenerator, altering alter: (inout [Int64]) -> Void = { _ in }
  ) throws -> [Phase] {
    guard let last = pending else { preconditionFailure("a step is always pending") }
    var integers = step.integers(using: &generator)
    alter(&integers)
    pending = nil
    stopwatch.start()
    let early = earlySums(of: integers)
    let (advice, update) = try fold(last, using: &generator)
    let opening = update.applied(to: takeWitness())
    pending = try prove(after: advice, integers: integers, early: early, using: &generator)
    witness = opening.results()[0]
    stopwatch.lap("rest of the update")
    return stopwatch.phases
  }

  /// The sums of the committed integers, made beside what is done next.
  private func earlySums(of integers: [Int64]) -> EarlySums {
    EarlySums(of: [(integers, step.sizes.order.values.count)], generators: generators)
  }

  /// The opening, of which nothing is left here.
  private mutating func takeWitness() -> RunningWitness {
    let witness = witness
    self.witness = .absent
    return witness
  }

  /// Checks the running instances and the pending step from their definitions, and that the step's public input names the
  /// running instances; throws `internalFailure` or what CycleFold's check does.
  package func check() throws {
    guard let pending else { preconditionFailure("a step is always pending") }
    let relation = OpenedRelation(shape: step.shape, sizes: step.sizes, tables: tables, generators: generators)
    try relation.check(running, witness)
    try LayerFoldError.translating { try cycleKey.check(cycle, cycleWitness) }
    try relation.check(pending.instance, pending.witness)
    try OpenedRelation.require(pending.instance.x == pending.state.digest, "the public input")
    try OpenedRelation.require(pending.state.runningDigests == digests, "the digests of running instances")
    try OpenedRelation.require(
      pending.state.cycleDigest == cycle.digest(digitBits: SyntheticStep.digitBits),
      "the digest of the CycleFold instance")
  }

  /// The digests of all kinds' running instances.
  private var digests: [ScalarField] {
    StepKind.allCases.map { $0 == SyntheticStep.kind ? running.digest : otherDigest }
  }

  // MARK: - One step

  private mutating func fold(
    _ last: PendingStep, using generator: inout some RandomNumberGenerator
  ) throws -> (StepAdvice, OpeningUpdate) {
    let (before, cycleBefore) = (running, cycle)
    let result = try FoldProver(
      shape: step.shape, layout: step.sizes.layout, errorLog: step.sizes.errorLog, tables: tables,
      finished: { [stopwatch] in stopwatch.lap($0.label) }
    ).fold(
      last.instance, opening: last.witness, into: running, witness: witness,
      context: FoldContext(
        keyDigest: keyDigest, kind: last.state.phase, runningDigest: running.digest,
        freshCoordinates: last.instance.commitments.flatMap(\.scalarCoordinates)))
    running = result.instance
    let statement = CycleFoldStatement(
      alpha: result.alpha, running: before.commitments, fresh: last.instance.commitments,
      folded: result.instance.commitments)
    var transcript = result.transcript
    statement.absorbEncoding(digitBits: SyntheticStep.digitBits, into: &transcript)
    let message = try cycleKey.fold(
      statement, into: &cycle, witness: &cycleWitness, primaryDigest: result.instance.digest, transcript: transcript,
      digitBits: SyntheticStep.digitBits, using: &generator)
    stopwatch.lap("CycleFold")
    let advice = StepAdvice(
      isBase: false, previous: last.state, running: before, fresh: last.instance, foldMessages: result.messages,
      folded: result.instance.commitments, cycleRunning: cycleBefore, cycleMessage: message)
    return (advice, result.update)
  }

  private func prove(
    after advice: StepAdvice, integers: [Int64], early: EarlySums, using generator: inout some RandomNumberGenerator
  ) throws -> PendingStep {
    let (sizes, order) = (step.sizes, step.sizes.order)
    var integers = integers
    var world = WitnessBuilder<ScalarField>(layout: step.columns)
    world.reserve(traceCount: step.shape.traceCount)
    world.append(messages: advice.foldMessages)
    let carried = try FoldStage.first(sizes).foldPrevious(advice: advice, in: &world)
    for (place, digit) in world.digits.enumerated() { integers[place] = Int64(digit) }
    stopwatch.lap("in-circuit verifier")
    if step.bits == 254 {
      try SyntheticStep.square(times: 1 << step.logConstraints, from: .random(using: &generator), in: &world)
      stopwatch.lap("squares")
    }

    var commitments = order.input.map { _ in sizes.absentState }
    var blinders = order.input.map { _ in ScalarField.one }
    let sums =
      try [order.output, order.weights].map { try generators.sums(chunks: [], chunkCount: $0.count) }
      + early.sums(of: [integers])
    for (chunks, sums) in zip([order.output, order.weights, order.values], sums) {
      let fresh = ChunkBlinders<ScalarField>.random(count: chunks.count, using: &generator)
      commitments += try generators.commit(sums, blinders: fresh).points
      blinders += fresh.values
    }
    stopwatch.lap("rest of the commitment to integers")

    let own = commitments.flatMap(\.scalarCoordinates)
    var native = NativeArithmetic<ScalarField>()
    let binding = try StateTransition(sizes: sizes).binding(
      key: keyDigest, kind: ScalarField(SyntheticStep.kind.rawValue), tokens: carried.tokensDigest, chunks: own,
      in: &native)
    let point = try SyntheticStep.claimPoint(binding: binding, sizes, in: &native)
    world.append(messages: [claimValue(of: integers, at: point)])
    stopwatch.lap("claim on Q")

    let state = try SyntheticStep.prove(from: carried, own: own, sizes, in: &world)
    try world.finish()
    stopwatch.lap("in-circuit public input")
    let trace = FieldVector(world.trace)
    let fresh = ChunkBlinders<ScalarField>.random(count: order.trace.count, using: &generator)
    commitments += try generators.commit(chunks: trace, chunkCount: order.trace.count, blinders: fresh).points
    stopwatch.lap("commitment to the trace")
    return PendingStep(
      kind: SyntheticStep.kind, state: state,
      instance: FreshInstance(
        commitments: commitments, x: world.publicInput(1), claimPoint: state.claimPoint, claimValue: state.claimValue),
      witness: FreshWitness(integers: [[], [], [], integers], trace: trace, blinders: blinders + fresh.values))
  }

  /// Q~ at a point: the integers' block and the tables.
  private func claimValue(of integers: [Int64], at point: [ScalarField]) -> ScalarField {
    let (base, low) = (step.sizes.layout.bases[3], step.logConstraints)
    let inner = Multilinear.evaluate(smallIntegers: integers, at: Array(point[..<low]))
    var outer = ScalarField.one
    for bit in low..<point.count { outer *= (base >> bit) & 1 == 1 ? point[bit] : ScalarField.one - point[bit] }
    return inner * outer + ClaimLine(from: point, to: point, in: step.sizes.layout).restrict(tables: tables)[0]
  }

  // MARK: - The start

  private static func randomRunning(
    _ step: SyntheticStep, lengths: [Int], tables: [[Int64]], generators: Generators<PrimaryCurve>,
    using generator: inout some RandomNumberGenerator
  ) throws -> (RunningInstance, RunningWitness) {
    func random(_ count: Int) -> [ScalarField] { (0..<count).map { _ in .random(using: &generator) } }
    let sizes = step.sizes
    let segments = lengths.map { FieldVector(random($0)) }
    var commitments: [AffinePoint<PrimaryCurve>] = []
    var blinders: [ScalarField] = []
    for (segment, count) in zip(segments, sizes.order.counts) {
      let fresh = ChunkBlinders<ScalarField>.random(count: count, using: &generator)
      commitments += try generators.commit(chunks: segment, chunkCount: count, blinders: fresh).points
      blinders += fresh.values
    }
    let (u, x) = (ScalarField.random(using: &generator), ScalarField.random(using: &generator))
    let products = step.shape.multiply(values: segments[3].elements, trace: segments[4].elements, publics: [u, x])
    let witness = RunningWitness(segments: segments, blinders: blinders, products: products, u: u)
    var scalars = RunningScalars(
      u: u, x: x, errorPoint: random(sizes.errorLog), errorValue: .zero, claimPoint: random(sizes.layout.logSize),
      claimValue: .zero)
    scalars.errorValue = witness.error.evaluateMultilinear(at: scalars.errorPoint)
    let line = ClaimLine(from: scalars.claimPoint, to: scalars.claimPoint, in: sizes.layout)
    scalars.claimValue = line.restrict(segments: Array(segments.prefix(4)))[0] + u * line.restrict(tables: tables)[0]
    return (RunningInstance(commitments: commitments, scalars: scalars), witness)
  }
}

extension FoldProver.Part {
  /// For people.
  fileprivate var label: String {
    switch self {
    case .linePolynomials: "line polynomials"
    case .matrixProducts: "matrix products"
    case .crossTerm: "cross term"
    case .verifier: "fold verifier"
    case .commitments: "scalar multiplications"
    }
  }
}
