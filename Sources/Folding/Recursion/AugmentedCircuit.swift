package import Algebra
package import Arguments
package import Circuits
package import ConstraintSystem
import Model
import Transcript

/// The R1CS of one kind of step: it verifies the fold of the step before it, then its own step argument.
///
/// Everything is one text for the shape and for the witness. The witness is filled in two stages, because the digits of
/// the first stage are committed with the step's values before the challenges of the second exist.
package struct AugmentedCircuit: Sendable {
  /// What the step proves of the model.
  package let step: StepCircuit
  /// The sizes of the key.
  package let sizes: RecursionSizes
  /// The step argument's plan.
  package let plan: StepArgumentPlan

  /// The circuit of a kind; throws what a malformed statement does.
  package init(step: StepCircuit, sizes: RecursionSizes) throws {
    self.step = step
    self.sizes = sizes
    plan = try StepArgumentPlan(step.statement, layout: sizes.layout)
  }

  /// Where digits stand, and the one public input.
  package var columns: StepColumns {
    StepColumns(
      digitBits: step.parameters.quantization.digitBits,
      limbs: step.limbs.offset..<step.limbs.offset + step.limbs.count)
  }

  /// The circuit's constraints with the rows of each part.
  package func shape() throws -> (shape: ConstraintShape<ScalarField>, rows: [(scope: String, rows: Int)]) {
    var world = ShapeBuilder<ScalarField>(layout: columns)
    let carried = try foldPrevious(advice: nil, in: &world)
    try proveStep(from: carried, own: nil, tokens: nil, in: &world)
    return (world.finish(), world.rowTable)
  }

  /// Stage one: the previous step's public input is recomputed, its instance folded; section 6 a to e.
  package func foldPrevious<World: CircuitArithmetic>(
    advice: StepAdvice?, in world: inout World
  ) throws -> CarriedState<World.Element> where World.Field == ScalarField {
    try FoldStage(kind: step.kind, sizes: sizes).foldPrevious(advice: advice, in: &world)
  }

  /// Stage two: the step's own argument on its own commitments, and its public input; section 6 f.
  /// - Parameters:
  ///   - own: coordinates mod r of the step's own X^, Y^, w^, A^, absent while a shape is built.
  ///   - tokens: the tokens of the inference, for an Embedding or a Head.
  /// - Returns: the public state whose hash is the public input.
  @discardableResult
  package func proveStep<World: CircuitArithmetic>(
    from carried: CarriedState<World.Element>, own: [ScalarField]?, tokens: TokenAdvice?, in world: inout World
  ) throws -> PublicState<World.Element> where World.Field == ScalarField {
    let provided = Provided(own)
    let logic = try step.constrain(in: &world, advice: tokens)
    var tokensDigest = carried.tokensDigest
    if let logic {
      if step.kind == .embedding {
        tokensDigest = logic.tokensDigest
      } else {
        try world.requireEqual(logic.tokensDigest, carried.tokensDigest, "tokens are those of the embedding")
      }
    }
    let kind = world.constant(ScalarField(step.kind.rawValue))
    let coordinates = try world.advice(count: 2 * sizes.order.trace.lowerBound, from: []) { _ in
      try provided.read(\.self)
    }
    let binding = try StateTransition(sizes: sizes).binding(
      key: carried.keyDigest, kind: kind, tokens: tokensDigest, chunks: coordinates, in: &world)
    let claim = try StepArgumentVerifier(plan).verify(
      in: &world, binding: binding, selectors: logic?.selectors ?? [:])
    let state = PublicState(
      list: [carried.keyDigest, carried.index, kind, carried.weightChain] + carried.carriedOutput
        + [tokensDigest, carried.statementChain] + carried.runningDigests + [carried.cycleDigest, binding]
        + claim.point + [claim.value],
      inputChunks: sizes.order.input.count, claimLog: sizes.layout.logSize)
    world.enter("public input")
    try world.setPublic(1, to: world.hash("public", state.list), "public input")
    world.leave()
    return state
  }
}
