import Algebra
import Arguments
import Model

/// The first hidden states: rows of the embedding matrix, chosen by the tokens.
struct Embedding: Sendable {
  /// [position] token ids, 0 beyond the text; token logic checks them.
  let tokens: Tensor
  /// [vocabulary, channel] or [channel, vocabulary] the weights.
  let matrix: Tensor
  /// [position, channel] Y = 2^shift E[token].
  let state: HiddenState

  /// Declares the embedding.
  init(in builder: inout StatementBuilder) {
    let parameters = builder.parameters
    let (position, channel, vocabulary) = (parameters.position, parameters.channel, parameters.vocabulary)
    tokens = builder.tensor("tokens", [position])
    matrix = builder.tensor("embedding", .leastPadding(vocabulary, channel), in: .weights)
    let digits = builder.signed("state", [position, channel], bits: QuantizationParameters.residualWidth)
    state = HiddenState(digits: digits, in: &builder)
    builder.select("tokens", rows: position, from: vocabulary)
    builder.require(
      LinearRelation(
        "embedding", over: [position, channel],
        digits.expression.relationTerms() + [
          LinearRelation.Term(
            matrix, .selected(selector: "tokens", rows: position, axis: vocabulary),
            times: -.powerOfTwo(parameters.quantization.embeddingShift))
        ]))
  }

  /// Stores a trace.
  func assign(_ trace: EmbeddingTrace, to values: inout StepValues) {
    values.assign(trace.tokens, to: tokens)
    state.assign(trace.output, to: &values)
  }
}
