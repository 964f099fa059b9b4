package import Algebra
import Arguments
package import Circuits
import Commitment
package import ConstraintSystem
import Transcript

/// One step while it is proved, stage by stage; between stages everything made so far can be read, and by a test altered.
///
/// The order of stages is the order of commitments and challenges: digits, then X^, Y^, w^, A^, then the step argument, then B^.
package struct StepProver {
  /// The step's contribution.
  package var input: StepInput
  /// What the circuit is told of the step before.
  package var advice: StepAdvice
  /// The commitments so far and their blinders, in chunk order.
  package var commitments: [AffinePoint<PrimaryCurve>] = [], blinders: [ScalarField] = []
  /// Coordinates mod r of X^, Y^, w^, A^ as the circuit is told them.
  package var own: [ScalarField] = []
  /// The messages of the step argument.
  package var argument: [ScalarField] = []
  /// The witness being filled.
  package var world: WitnessBuilder<ScalarField>

  private let key: RecursionKey
  private let circuit: AugmentedCircuit
  private var carried: CarriedState<ScalarField>?

  /// A step about to be proved; a lenient one does not stop where a check fails, and makes a cheating prover's witness.
  package init(key: RecursionKey, input: StepInput, advice: StepAdvice, isStrict: Bool = true) {
    self.key = key
    self.input = input
    self.advice = advice
    circuit = key.circuits[input.kind.rawValue]
    world = WitnessBuilder(layout: circuit.columns, values: input.values.values, isStrict: isStrict)
    world.reserve(traceCount: key.shapes[input.kind.rawValue].traceCount)
  }

  /// Stage one: verifies the fold of the step before in the circuit, which makes the step's digits, and counts lookups.
  package mutating func foldPrevious() throws {
    world.append(messages: advice.foldMessages)
    carried = try circuit.foldPrevious(advice: advice, in: &world)
    let start = circuit.step.limbs.offset
    for (place, digit) in world.digits.enumerated() { input.values.values[start + place] = Int64(digit) }
    try circuit.step.countLookups(in: &input.values)
  }

  /// Stage two: commits to X, Y, w, A.
  /// - Parameters:
  ///   - previous: the step whose output this one's input is; without one X^ is K.
  ///   - early: sums of what Y and A were, if they are being made; only what has changed since is added to them.
  package mutating func commit(
    after previous: PendingStep?, early: EarlySums? = nil, using generator: inout some RandomNumberGenerator
  ) throws {
    let order = key.sizes.order
    if let previous {
      commitments = Array(previous.instance.commitments[order.output])
      blinders = Array(previous.witness.blinders[order.output])
    } else {
      commitments = order.input.map { _ in key.sizes.absentState }
      blinders = order.input.map { _ in .one }
    }
    precondition(input.weightCommitments.count == order.weights.count, "one commitment for every chunk of weights")
    let vectors = [input.values.output.map(Int64.init), input.values.values]
    let sums =
      try early?.sums(of: vectors)
      ?? zip(vectors, [order.output.count, order.values.count]).map {
        try key.generators.sums(chunks: $0, chunkCount: $1)
      }
    try commit(sums[0], chunks: order.output.count, using: &generator)
    commitments += input.weightCommitments
    blinders += input.weightBlinders
    try commit(sums[1], chunks: order.values.count, using: &generator)
    own = commitments.flatMap(\.scalarCoordinates)
  }

  /// Stage three: the step argument on the binding digest of `own`.
  package mutating func argue() throws {
    var native = NativeArithmetic<ScalarField>()
    let binding = try StateTransition(sizes: key.sizes).binding(
      key: advice.previous.keyDigest, kind: ScalarField(input.kind.rawValue), tokens: input.tokensDigest, chunks: own,
      in: &native)
    let values = input.values
    let data = StepData(
      input: .int32(values.input), output: .int32(values.output), weights: .int16(values.weights),
      values: .int64(values.values), tables: circuit.step.statement.tables)
    argument = try StepArgumentProver(circuit.plan).prove(data, binding: binding, selectors: input.selected).messages
  }

  /// Stage four: verifies the argument in the circuit and commits to the trace.
  package mutating func finish(using generator: inout some RandomNumberGenerator) throws -> PendingStep {
    guard let carried else { throw FoldingError.missingAdvice }
    world.append(messages: argument)
    let state = try circuit.proveStep(from: carried, own: own, tokens: input.tokens, in: &world)
    try world.finish()
    let trace = FieldVector(world.trace)
    let count = key.sizes.order.trace.count
    let fresh = ChunkBlinders<ScalarField>.random(count: count, using: &generator)
    let values = input.values
    return PendingStep(
      kind: input.kind, state: state,
      instance: FreshInstance(
        commitments: commitments
          + (try key.generators.commit(chunks: trace, chunkCount: count, blinders: fresh).points),
        x: world.publicInput(1), claimPoint: state.claimPoint, claimValue: state.claimValue),
      witness: FreshWitness(
        entries: [.int32(values.input), .int32(values.output), .int16(values.weights), .int64(values.values)],
        trace: trace, blinders: blinders + fresh.values))
  }

  private mutating func commit(
    _ sums: ChunkSums<PrimaryCurve>, chunks: Int, using generator: inout some RandomNumberGenerator
  ) throws {
    let fresh = ChunkBlinders<ScalarField>.random(count: chunks, using: &generator)
    commitments += try key.generators.commit(sums, blinders: fresh).points
    blinders += fresh.values
  }
}

/// A step that has been proved but not folded.
package struct PendingStep: Sendable {
  /// Its kind.
  package let kind: StepKind
  /// Its public state.
  package var state: PublicState<ScalarField>
  /// Its instance.
  package var instance: FreshInstance
  /// Its opening.
  package var witness: FreshWitness

  /// A step from parts.
  package init(
    kind: StepKind, state: PublicState<ScalarField>, instance: FreshInstance, witness: FreshWitness
  ) {
    self.kind = kind
    self.state = state
    self.instance = instance
    self.witness = witness
  }
}
