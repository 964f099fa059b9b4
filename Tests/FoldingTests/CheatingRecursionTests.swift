import Algebra
import Arguments
import Circuits
import Commitment
import ConstraintSystem
import Folding
import Model
import Support
import Testing

/// Beside `CheatingTests`: rules of section 6 broken one at a time, everything after them consistent; exactly the named check
/// stands against each.
@Suite struct CheatingRecursionTests {
  private let run: StoppedRun
  private var key: RecursionKey { run.tiny.key }
  private var transition: StateTransition { StateTransition(sizes: key.sizes) }

  init() throws { run = try StoppedRun.shared.get() }

  /// The prover before a step, and the advice for it.
  private func stop(_ place: Int) throws -> (prover: RecursionProver, advice: StepAdvice) {
    var generator = SeededGenerator(seed: 41)
    var prover = run.stops[place].prover
    let advice = try prover.foldPending(before: run.stops[place].input.kind, using: &generator)
    return (prover, advice)
  }

  /// The constraints of stage one of every kind.
  private static let firstStages = Result {
    try StoppedRun.shared.get().tiny.key.circuits.map { circuit in
      var builder = ShapeBuilder<ScalarField>(layout: circuit.columns)
      _ = try circuit.foldPrevious(advice: nil, in: &builder)
      return builder.finish()
    }
  }

  /// What stage one of a step violates: the labels of its rows, and the state it carries on.
  private func foldPrevious(
    _ kind: StepKind, _ advice: StepAdvice
  ) throws -> (violations: Set<String>, state: CarriedState<ScalarField>) {
    let circuit = key.circuits[kind.rawValue]
    var world = WitnessBuilder<ScalarField>(
      layout: circuit.columns, values: [Int64](repeating: 0, count: circuit.columns.limbs.upperBound),
      messages: advice.foldMessages, isStrict: false)
    let state = try circuit.foldPrevious(advice: advice, in: &world)
    let shape = try Self.firstStages.get()[kind.rawValue]
    var values = world.values
    for (place, digit) in world.digits.enumerated() { values[world.limbs.lowerBound + place] = Int64(digit) }
    let products = shape.multiply(values: values, trace: world.trace, publics: world.publics)
    var labels: Set<String> = []
    for row in 0..<shape.rowCount where products.a[row] * products.b[row] != products.c[row] {
      labels.insert(String((shape.names?[row] ?? "").split(separator: ": ").last ?? ""))
    }
    return (labels, state)
  }

  // MARK: - The binding digest (b)

  /// A step draws its challenges from another digest than its commitments', consistently: it is satisfied, and the next
  /// step, or the final verifier, recomputes the digest.
  @Test func anotherBindingDigestUsedConsistentlyInAStep() throws {
    let (prover, advice) = try stop(2)
    let step = try CheatingProver.prove(
      run.stops[2].input, advice: advice, after: prover.pending, key: key, beforeArguing: { $0.own[1] += .one })
    #expect(CheatingProver.violations(step, key: key).isEmpty && CheatingProver.claimHolds(step, key: key))
    let next = try CheatingProver.advice(
      folding: step, into: prover.running[1], cycle: prover.cycle, witness: prover.cycleWitness, key: key)
    #expect(try foldPrevious(.layer, next).violations == ["binding digest of the folded step"])

    let last = run.stops.count - 1
    let (ending, final) = try stop(last)
    let cheated = try CheatingProver.prove(
      run.stops[last].input, advice: final, after: nil, key: key, beforeArguing: { $0.own[1] += .one })
    #expect(CheatingProver.violations(cheated, key: key).isEmpty && CheatingProver.claimHolds(cheated, key: key))
    var prover2 = ending
    prover2.pending = cheated
    let proof = try prover2.finish()
    #expect(throws: FoldingError.refused("binding digest of the folded step")) {
      try verify(proof, steps: run.stops.count, chain: proof.state.statementChain)
    }
  }

  /// A is committed after rho is known: two entries that no row reads change so that Q~(rho) stays.
  @Test func valuesCommittedAfterRho() throws {
    guard var late = run.stops[2].prover.pending else { return }
    let layout = key.sizes.layout
    let base = layout.bases[Segment.values.rawValue]
    let rows = Set(key.shapes[late.kind.rawValue].valueOffsets)
    let places = (0..<1 << layout.chunkLog).filter { !rows.contains(UInt32($0)) }.prefix(2)
    let weights = places.map { place in
      (0..<layout.logSize).reduce(ScalarField.one) { product, bit in
        let coordinate = late.instance.claimPoint[bit]
        return product * ((base + place) >> bit & 1 == 1 ? coordinate : .one - coordinate)
      }
    }
    // weight_0 * weight_1 - weight_1 * weight_0 = 0: the claim about Q is as true as before.
    let bases = places.map { key.generators.bases[$0] }
    let chunk = key.sizes.order.values.lowerBound
    let sum = bases[0].multiplied(variableTime: weights[1]) + bases[1].multiplied(variableTime: -weights[0]).affine
    late.instance.commitments[chunk] = (sum + late.instance.commitments[chunk]).affine
    let prover = run.stops[2].prover
    let advice = try CheatingProver.advice(
      folding: late, into: prover.running[late.kind.rawValue], cycle: prover.cycle, witness: prover.cycleWitness,
      key: key)
    #expect(try foldPrevious(.layer, advice).violations == ["binding digest of the folded step"])
  }

  /// X^, Y^, w^, A^, the key, the kind and the text: each is bound; B^ is not, and enters where tau is drawn.
  @Test func everythingCommittedBeforeTheChallengesIsBound() throws {
    guard let last = run.stops[3].prover.pending else { return }
    let honest = last.instance.commitments.flatMap(\.scalarCoordinates)
    func refusal(_ state: PublicState<ScalarField>, _ coordinates: [ScalarField]) -> ConstraintError? {
      var world = NativeArithmetic<ScalarField>()
      do {
        _ = try transition.advance(
          from: state, coordinates: ChunkCoordinates(coordinates, order: key.sizes.order), closing: false, in: &world)
        return nil
      } catch { return error as? ConstraintError }
    }
    #expect(refusal(last.state, honest) == nil)
    let bound = ConstraintError.violated("binding digest of the folded step")
    for index in honest.indices {
      var coordinates = honest
      coordinates[index] += .one
      let isTrace = index >= 2 * key.sizes.order.trace.lowerBound
      #expect(refusal(last.state, coordinates) == (isTrace ? nil : bound), "coordinate \(index)")
    }
    for path in [\PublicState<ScalarField>.keyDigest, \.phase, \.tokensDigest, \.binding] {
      var state = last.state
      state[keyPath: path] += .one
      #expect(refusal(state, honest) == bound)
    }
    for index in last.state.carriedOutput.indices {
      var state = last.state
      state.carriedOutput[index] += .one
      #expect(refusal(state, honest) == .violated("input of the folded step is the output before it"))
    }
  }

  // MARK: - The public state (a)

  /// A prover shows another state than the one whose hash is the instance's public input: nothing in the next step notices,
  /// but the fold is of another instance than was committed.
  @Test(arguments: 0..<3) func anotherStateThanTheHashedOne(part: Int) throws {
    let path = [\PublicState<ScalarField>.index, \.statementChain, \.weightChain][part]
    var prover = run.stops[3].prover
    prover.pending?.state[keyPath: path] += .one
    guard let shown = prover.pending?.state.digest else { return }
    prover.pending?.instance.x = shown
    var generator = SeededGenerator(seed: 43)
    let advice = try prover.foldPending(before: .layer, using: &generator)
    #expect(try foldPrevious(.layer, advice).violations.isEmpty)
    #expect(throws: ClearDecider.Refusal.errorValue(kind: 1)) {
      try ClearDecider.check(prover.running[1], prover.witnesses[1], kind: .layer, key: key)
    }
    guard let step = prover.pending else { return }
    #expect(CheatingProver.violations(step, key: key) == ["public input"])
  }

  @Test func theDigestOfAStateCoversEveryElement() throws {
    let state = run.stops[3].prover.pending?.state ?? run.end.pending?.state
    guard let state else { return }
    let (chunks, claimLog) = (key.sizes.order.input.count, key.sizes.layout.logSize)
    var digests: Set<ScalarField> = [state.digest]
    for index in state.list.indices {
      var list = state.list
      list[index] += .one
      #expect(digests.insert(PublicState(list: list, inputChunks: chunks, claimLog: claimLog).digest).inserted)
    }
  }

  // MARK: - The phase machine (b)

  /// Every kind of step after a step of every phase, two phases that do not exist among them.
  @Test func onlyThePhaseMachinesStepsFollowOneAnother() throws {
    let (prover, _) = try stop(3)
    guard let honest = run.stops[3].prover.pending else { return }
    for kind in StepKind.allCases {
      for phase in 0..<6 {
        let isAllowed = kind.predecessors.contains { $0.rawValue == phase }
        var last = honest
        last.state.phase = ScalarField(phase)
        // The digest of the instance that the circuit selects, whatever the phase.
        let selected = isAllowed ? phase : kind.predecessors.last?.rawValue ?? 0
        last.state.runningDigests = prover.running.map(\.digest)
        last.state.cycleDigest = prover.cycle.digest(digitBits: key.sizes.digitBits)
        var world = NativeArithmetic<ScalarField>()
        last.state.binding = try transition.binding(
          key: last.state.keyDigest, kind: last.state.phase, tokens: last.state.tokensDigest,
          chunks: Array(
            last.instance.commitments.flatMap(\.scalarCoordinates).prefix(2 * key.sizes.order.trace.lowerBound)),
          in: &world)
        let advice = try CheatingProver.advice(
          folding: last, into: prover.running[selected], cycle: prover.cycle, witness: prover.cycleWitness, key: key)
        let violations = try foldPrevious(kind, advice).violations
        #expect(violations == (isAllowed ? [] : ["phase of the folded step"]), "\(kind) after \(phase)")
      }
    }
  }

  // MARK: - The base case

  /// At the base, whatever the state before it says, the first state is the constants; without it, nothing is forgotten.
  @Test func theBaseCaseForcesTheInitialState() throws {
    let (_, honest) = try stop(0)
    var advice = honest
    advice.previous.index = ScalarField(7)
    advice.previous.statementChain = ScalarField(8)
    advice.previous.weightChain = ScalarField(9)
    advice.previous.tokensDigest = ScalarField(10)
    let state = try foldPrevious(.embedding, advice).state
    #expect(state.index == .one && state.statementChain.isZero && state.weightChain.isZero)
    #expect(state.carriedOutput == key.sizes.absentCoordinates)
    #expect(state.runningDigests == advice.previous.runningDigests && state.cycleDigest == advice.previous.cycleDigest)
    advice.isBase = false
    let other = try foldPrevious(.embedding, advice).state
    #expect(other.index == ScalarField(8) && !other.statementChain.isZero)
    #expect(other.carriedOutput == key.sizes.absentCoordinates && other.weightChain.isZero)
    #expect(other.runningDigests != advice.previous.runningDigests && other.cycleDigest != advice.previous.cycleDigest)
  }

  /// No other kind has a base case: it folds what came before, whatever the prover says.
  @Test func onlyAnEmbeddingHasABaseCase() throws {
    for place in [1, 2, run.stops.count - 2, run.stops.count - 1] {
      let kind = run.stops[place].input.kind
      let (_, honest) = try stop(place)
      var advice = honest
      advice.isBase = true
      let (violations, state) = try foldPrevious(kind, advice)
      #expect(violations.isEmpty && state.index == honest.previous.index + .one)
      #expect(state.runningDigests != honest.previous.runningDigests)
    }
  }

  /// The running instances of the base come from nowhere: one that is not satisfied is noticed by nobody but the decider,
  /// also if nothing is ever folded into it.
  @Test(arguments: StepKind.allCases) func anUnsatisfiedBeginningIsRefusedByTheDecider(kind: StepKind) throws {
    var generator = SeededGenerator(seed: 44)
    var prover = run.stops[0].prover
    prover.running[kind.rawValue].scalars.errorValue += .one
    let advice = try prover.foldPending(before: .embedding, using: &generator)
    #expect(try foldPrevious(.embedding, advice).violations.isEmpty)
    #expect(throws: ClearDecider.Refusal.errorValue(kind: kind.rawValue)) { try ClearDecider.check(prover) }
  }

  // MARK: - Weights (d)

  /// A layer computed with another weight, under this model's commitments and so under its weight chain.
  @Test func aLayerOfAnotherModelUnderThisModelsChain() throws {
    let other = try run.tiny.modelWithAnotherWeight(inLayer: 0)
    var generator = SeededGenerator(seed: 45)
    var prover = run.stops[1].prover
    let advice = try prover.foldPending(before: .layer, using: &generator)
    let circuit = key.circuits[1].step
    let honest = run.stops[1].input
    let trace = try other.layer(0, input: honest.values.input)
    var input = honest
    input.values = circuit.values(of: trace, weights: circuit.weights(of: other, layer: 0))
    let step = try CheatingProver.prove(input, advice: advice, after: prover.pending, key: key)
    #expect(step.witness.integers[2] != honest.values.weights.map(Int64.init))
    #expect(CheatingProver.violations(step, key: key).isEmpty && CheatingProver.claimHolds(step, key: key))
    prover.pending = step
    let next = try prover.foldPending(before: .layer, using: &generator)
    #expect(try foldPrevious(.layer, next).violations.isEmpty)
    let chunk = key.sizes.order.weights.lowerBound
    #expect(throws: ClearDecider.Refusal.commitment(kind: 1, chunk: chunk)) {
      try ClearDecider.check(prover.running[1], prover.witnesses[1], kind: .layer, key: key)
    }
    // All else is as it should be: with commitments to the other weights the decider accepts.
    var instance = prover.running[1]
    let size = 1 << key.sizes.order.chunkLog
    for chunk in key.sizes.order.weights {
      let start = (chunk - key.sizes.order.weights.lowerBound) * size
      let entries = prover.witnesses[1].segments[2].elements.dropFirst(start).prefix(size)
      instance.commitments[chunk] = try key.generators.commit(
        FieldVector(Array(entries)), blinder: prover.witnesses[1].blinders[chunk])
    }
    try ClearDecider.check(instance, prover.witnesses[1], kind: .layer, key: key)
  }

  // MARK: - Blinders

  /// Every chunk of every step has a blinder of its own; only X^ has that of the Y^ it is, and w^ those of the key.
  @Test func blindersAreFresh() throws {
    let order = key.sizes.order
    var seen: Set<ScalarField> = [.zero, .one]
    for stop in run.stops {
      guard let step = stop.prover.pending else { continue }
      for chunk in step.witness.blinders.indices
      where !order.input.contains(chunk) && !order.weights.contains(chunk) {
        #expect(seen.insert(step.witness.blinders[chunk]).inserted)
      }
    }
    // Two commitments to the same integers differ.
    let (prover, advice) = try stop(2)
    var generator = SeededGenerator(seed: 46)
    var step = StepProver(key: key, input: run.stops[2].input, advice: advice)
    try step.foldPrevious()
    let points = try (0..<2).map { _ in
      var step = step
      try step.commit(after: prover.pending, using: &generator)
      return step.commitments
    }
    for chunk in Array(order.output) + order.values { #expect(points[0][chunk] != points[1][chunk]) }
    for chunk in order.weights { #expect(points[0][chunk] == points[1][chunk]) }
  }

  private func verify(_ proof: FinishedRecursion, steps: Int, chain: ScalarField) throws {
    _ = try RecursionVerifier(sizes: key.sizes, keyDigest: key.digest)
      .verify(proof, expecting: ExpectedRecursion(steps: steps, statementChain: chain))
  }
}
