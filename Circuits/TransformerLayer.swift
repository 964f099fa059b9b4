import Algebra
import Arguments
import Model

/// One transformer layer: attention and a gated feed-forward block, each after a norm, each added to the residual.
struct TransformerLayer: Sendable {
  /// [position, channel] X, checked by the step it left.
  let input: Tensor
  /// The norm before attention.
  let attentionNorm: RMSNorm
  /// Attention.
  let attention: GroupedQueryAttention
  /// [channel, group, member, half, pair] the weights of the output projection.
  let outputWeights: Tensor
  /// [position, channel] X1 = X + output projection.
  let attentionOutput: Rescaled
  /// The norm before the feed-forward block.
  let feedForwardNorm: RMSNorm
  /// The feed-forward block.
  let feedForward: SwiGLU
  /// [channel, intermediate] the weights of the down projection.
  let downWeights: Tensor
  /// [position, channel] Y = X1 + down projection.
  let output: Rescaled
  /// Y in the output segment.
  let state: HiddenState

  /// Declares the layer.
  init(in builder: inout StatementBuilder) {
    let (parameters, quantization) = (builder.parameters, builder.parameters.quantization)
    let axes = [parameters.position, parameters.channel]
    let residualWidth = QuantizationParameters.residualWidth
    input = builder.tensor("input", axes, in: .input)

    attentionNorm = RMSNorm("attention norm", of: Expression(input), in: &builder)
    attention = GroupedQueryAttention(of: attentionNorm.normalized.value.expression, in: &builder)
    outputWeights = builder.tensor(
      "output weights", [parameters.channel, parameters.group, parameters.member, parameters.half, parameters.pair],
      in: .weights)
    attentionOutput = builder.rescaled("attention output", axes, shift: quantization.outputShift, bits: residualWidth)
    builder.require(
      Product(
        "attention output", result: attentionOutput.accumulator(beyond: Expression(input)),
        left: attention.attended.value.expression, right: Expression(outputWeights)))

    let middle = attentionOutput.value.expression
    feedForwardNorm = RMSNorm("feed-forward norm", of: middle, in: &builder)
    feedForward = SwiGLU(of: feedForwardNorm.normalized.value.expression, in: &builder)
    downWeights = builder.tensor("down weights", [parameters.channel, parameters.intermediate], in: .weights)
    output = builder.rescaled("state", axes, shift: quantization.downShift, bits: residualWidth)
    builder.require(
      Product(
        "down", result: output.accumulator(beyond: middle), left: feedForward.hidden.value.expression,
        right: Expression(downWeights)))
    state = HiddenState(digits: output.value, in: &builder)
  }

  /// Stores a trace.
  func assign(_ trace: LayerTrace, to values: inout StepValues) {
    values.assign(trace.input, to: input)
    attentionNorm.assign(trace.attentionNorm, to: &values)
    attention.assign(trace.attention, to: &values)
    attentionOutput.assign(trace.attentionOutput, to: &values)
    feedForwardNorm.assign(trace.feedForwardNorm, to: &values)
    feedForward.assign(trace.feedForward, to: &values)
    output.remainder.assign(trace.output.remainders, to: &values)
    state.assign(trace.output.values, to: &values)
  }

  /// Stores the layer's weights.
  func assign(_ weights: LayerWeights, to values: inout StepValues) {
    attention.assign(weights, to: &values)
    values.assign(weights.output, to: outputWeights)
    feedForward.assign(weights, to: &values)
    values.assign(weights.down, to: downWeights)
  }
}
