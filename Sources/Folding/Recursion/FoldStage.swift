package import Algebra
import Arguments
package import Circuits
package import ConstraintSystem
import Transcript

/// The first stage of a step's circuit: it verifies the fold of the step before it, whatever the step itself proves.
package struct FoldStage: Sendable {
  /// The kind of the step, which says what may come before it.
  package let kind: StepKind
  /// The sizes of the key.
  package let sizes: RecursionSizes

  /// The stage in steps of a kind.
  package init(kind: StepKind, sizes: RecursionSizes) {
    self.kind = kind
    self.sizes = sizes
  }

  /// Recomputes the previous step's public input and folds its instance; section 6 a to e.
  @specialized(where World == WitnessBuilder<ScalarField>)
  package func foldPrevious<World: CircuitArithmetic>(
    advice: StepAdvice?, in world: inout World
  ) throws -> CarriedState<World.Element> where World.Field == ScalarField {
    let provided = Provided(advice)
    let stateCount = PublicState<ScalarField>.count(
      inputChunks: sizes.order.input.count, claimLog: sizes.layout.logSize)
    let previous = PublicState(
      list: try world.advice(count: stateCount, from: []) { _ in try provided.read(\.previous.list) },
      inputChunks: sizes.order.input.count, claimLog: sizes.layout.logSize)
    let selection = try select(phase: previous.phase, provided: provided, in: &world)
    let x = try world.hash("public", previous.list)

    let fresh = try points(in: &world) { try provided.read(\.fresh.commitments) }
    let running = try points(in: &world) { try provided.read(\.running.commitments) }
    let folded = try points(in: &world) { try provided.read(\.folded) }
    let coordinates = ChunkCoordinates(fresh.flatMap(\.scalarCoordinates), order: sizes.order)
    var state = try StateTransition(sizes: sizes).advance(
      from: previous, coordinates: coordinates, closing: kind.predecessors == [.head], in: &world)

    let scalarCount = sizes.errorLog + sizes.layout.logSize + 4
    let scalars = RunningScalars(
      list: try world.advice(count: scalarCount, from: []) { _ in try provided.read(\.running.scalars.list) },
      errorLog: sizes.errorLog, claimLog: sizes.layout.logSize)
    let digest = try digest(of: scalars, running, in: &world)
    var selected = World.Element.zero
    for (kind, bit) in selection { selected = selected + world.multiply(bit, previous.runningDigests[kind.rawValue]) }
    try world.requireEqual(digest, selected, "digest of the running instance of the folded kind")

    let context = FoldContext(
      keyDigest: previous.keyDigest, kind: previous.phase, runningDigest: digest, freshCoordinates: coordinates.all)
    var outcome = try sizes.foldVerifier.verify(
      context: context, running: scalars,
      fresh: FreshScalars(x: x, claimPoint: previous.claimPoint, claimValue: previous.claimValue), in: &world)
    let newDigest = try self.digest(of: outcome.scalars, folded, in: &world)
    for (kind, bit) in selection {
      let old = previous.runningDigests[kind.rawValue]
      state.runningDigests[kind.rawValue] = old + world.multiply(bit, newDigest - old)
    }

    let claim = CycleFoldClaim(
      alphaBits: outcome.alphaBits, running: running, fresh: fresh, folded: folded, in: world)
    state.cycleDigest = try SecondaryFoldVerifier(chunkCount: sizes.order.total).verify(
      claim, advice: advice.map { ($0.cycleRunning, $0.cycleMessage) },
      digests: (running: previous.cycleDigest, primary: newDigest), transcript: &outcome.transcript, in: &world)
    return try base(state, previous: previous, provided: provided, in: &world)
  }

  /// One boolean per allowed predecessor, summing to 1, that encode the previous phase.
  private func select<World: CircuitArithmetic>(
    phase: World.Element, provided: Provided<StepAdvice>, in world: inout World
  ) throws -> [(kind: StepKind, bit: World.Element)] where World.Field == ScalarField {
    let kinds = self.kind.predecessors
    var bits: [World.Element] = []
    for kind in kinds.dropLast() {
      let bit = try world.advice(from: [phase]) { $0[0] == ScalarField(kind.rawValue) ? .one : .zero }
      try world.requireProduct(bit, world.constant(.one) - bit, equals: .zero, "predecessor selection is boolean")
      bits.append(bit)
    }
    let last = world.constant(.one) - bits.reduce(.zero, +)
    bits.append(last)
    if bits.count > 2 {
      try world.requireProduct(last, world.constant(.one) - last, equals: .zero, "one predecessor is selected")
    }
    let encoded = zip(kinds, bits).reduce(World.Element.zero) { $0 + ScalarField($1.0.rawValue) * $1.1 }
    try world.requireEqual(phase, encoded, "phase of the folded step")
    return zip(kinds, bits).map { (kind: $0, bit: $1) }
  }

  /// Replaces the outcome by the initial state when this is the first step, which only an Embedding can be.
  private func base<World: CircuitArithmetic>(
    _ state: CarriedState<World.Element>, previous: PublicState<World.Element>, provided: Provided<StepAdvice>,
    in world: inout World
  ) throws -> CarriedState<World.Element> where World.Field == ScalarField {
    guard kind == .embedding else { return state }
    let isBase = try world.advice(from: []) { _ in try provided.read(\.isBase) ? .one : .zero }
    try world.requireProduct(isBase, world.constant(.one) - isBase, equals: .zero, "base case is boolean")
    let goesOn = world.constant(.one) - isBase
    var result = state
    result.index = world.multiply(goesOn, previous.index) + world.constant(.one)
    result.statementChain = world.multiply(goesOn, state.statementChain)
    result.runningDigests = zip(previous.runningDigests, state.runningDigests).map { given, folded in
      given + world.multiply(goesOn, folded - given)
    }
    result.cycleDigest = previous.cycleDigest + world.multiply(goesOn, state.cycleDigest - previous.cycleDigest)
    return result
  }

  private func points<World: CircuitArithmetic>(
    in world: inout World, _ values: () throws -> [AffinePoint<PrimaryCurve>]
  ) throws -> [LimbedPoint<World>] where World.Field == ScalarField {
    try (0..<sizes.order.total).map { index in
      try LimbedPoint(in: &world) { try values()[index] }
    }
  }

  private func digest<World: CircuitArithmetic>(
    of scalars: RunningScalars<World.Element>, _ points: [LimbedPoint<World>], in world: inout World
  ) throws -> World.Element where World.Field == ScalarField {
    try world.hash("running", points.flatMap(\.scalarCoordinates) + scalars.list)
  }
}
