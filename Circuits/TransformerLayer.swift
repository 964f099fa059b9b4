import Algebra
import Arguments
import Model

/// One transformer layer: attention and a gated feed-forward block, each after a norm, each added to the residual.
struct TransformerLayer: Sendable {
  /// [position, channel] X, checked by the step it left.
  let input: Tensor
  /// The norm before attention.
  let attentionNorm: RMSNorm
  /// What multiplies the projections of a ternary layer.
  let multipliers: PerProjection<Tensor>?
  /// What is added to projections of attention, if anything is.
  let biases: AttentionBiases<Bias>?
  /// What query, key and value of a ternary layer read, and what gate and up do.
  let attentionInput, feedForwardInput: GainedInput?
  /// What the output projection of a ternary layer reads, and what the down projection does.
  let outputInput, downInput: AbsoluteMaximum?
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
    multipliers = builder.multipliers()
    biases = builder.biases()
    let normalized = attentionNorm.normalized.value.expression
    attentionInput = quantization.attentionGainShift.map {
      GainedInput("attention", of: normalized, shift: $0, in: &builder)
    }
    attention = GroupedQueryAttention(
      of: attentionInput?.quantization.expression ?? normalized, multipliers: multipliers, biases: biases,
      in: &builder)
    let attended = attention.attended.value
    outputInput = multipliers.map { _ in AbsoluteMaximum("output input", of: attended, in: &builder) }
    outputWeights = builder.tensor(
      "output weights", [parameters.channel, parameters.group, parameters.member, parameters.half, parameters.pair],
      in: .weights)
    attentionOutput = builder.rescaled("attention output", axes, shift: quantization.outputShift, bits: residualWidth)
    builder.require(
      Product(
        "attention output",
        result: attentionOutput.accumulator(beyond: Expression(input), less: biases?.output?.expression),
        left: outputInput?.expression ?? attended.expression, right: Expression(outputWeights),
        scale: multipliers?.output))

    let middle = attentionOutput.value.expression
    feedForwardNorm = RMSNorm("feed-forward norm", of: middle, in: &builder)
    let normalizedMiddle = feedForwardNorm.normalized.value.expression
    feedForwardInput = quantization.feedForwardGainShift.map {
      GainedInput("feed-forward", of: normalizedMiddle, shift: $0, in: &builder)
    }
    feedForward = SwiGLU(
      of: feedForwardInput?.quantization.expression ?? normalizedMiddle, multipliers: multipliers, in: &builder)
    let hidden = feedForward.hidden.value
    downInput = multipliers.map { _ in AbsoluteMaximum("down input", of: hidden, in: &builder) }
    downWeights = builder.tensor("down weights", [parameters.channel, parameters.intermediate], in: .weights)
    output = builder.rescaled("state", axes, shift: quantization.downShift, bits: residualWidth)
    builder.require(
      Product(
        "down", result: output.accumulator(beyond: middle), left: downInput?.expression ?? hidden.expression,
        right: Expression(downWeights), scale: multipliers?.down))
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
    guard let quantization = trace.quantization else { return }
    attentionInput?.assign(quantization.attentionInput, of: quantization.attentionGained, to: &values)
    outputInput?.assign(quantization.outputInput, of: trace.attention.attended.values, to: &values)
    feedForwardInput?.assign(quantization.feedForwardInput, of: quantization.feedForwardGained, to: &values)
    downInput?.assign(quantization.downInput, of: trace.feedForward.hidden.values, to: &values)
  }

  /// Stores the layer's weights.
  func assign(_ weights: LayerWeights, to values: inout StepValues) {
    attention.assign(weights, to: &values)
    values.assign(weights.output, to: outputWeights)
    feedForward.assign(weights, to: &values)
    values.assign(weights.down, to: downWeights)
    if let biases, let integers = weights.biases {
      for (bias, integers) in zip(biases.all, integers.all) { values.assign(integers, to: bias.weights) }
    }
    guard let ternary = weights.ternary, let multipliers, let attentionInput, let feedForwardInput else { return }
    values.assign(ternary.attentionGain, to: attentionInput.gains)
    values.assign(ternary.feedForwardGain, to: feedForwardInput.gains)
    for (multiplier, tensor) in zip(ternary.multipliers.all, multipliers.all) {
      values.assign([multiplier], to: tensor)
    }
  }
}
