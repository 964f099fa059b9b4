import Arguments
import Model

/// What the circuit of one kind of step declares of the model.
enum StepParts: Sendable {
  /// An embedding's tensors.
  case embedding(Embedding)
  /// A layer's tensors.
  case layer(TransformerLayer)
  /// A head's tensors.
  case head(LanguageModelHead)
  /// None.
  case final(Final)

  /// Declares a kind.
  init(_ kind: StepKind, in builder: inout StatementBuilder) {
    switch kind {
    case .embedding: self = .embedding(Embedding(in: &builder))
    case .layer: self = .layer(TransformerLayer(in: &builder))
    case .head: self = .head(LanguageModelHead(in: &builder))
    case .final: self = .final(Final())
    }
  }
}

/// A draft of one kind's declarations: its parts, and the digits every kind keeps for the recursion.
struct StepDraft: Sendable {
  /// The model's part.
  let parts: StepParts
  /// [limb] digits of digitBits bits.
  let limbs: Tensor
  /// What they declared.
  let builder: StatementBuilder

  /// Declares a kind, with tensors in their places and ranges as planned if plans are given.
  init(_ kind: StepKind, parameters: CircuitParameters, plan: SegmentPlan? = nil, ranges: RangePlan? = nil) {
    var builder = StatementBuilder(parameters: parameters, plan: plan, ranges: ranges)
    parts = StepParts(kind, in: &builder)
    limbs = builder.tensor("limbs", [parameters.limb])
    builder.requireRange(Expression(limbs), bits: parameters.quantization.digitBits, on: .real)
    self.builder = builder
  }
}
