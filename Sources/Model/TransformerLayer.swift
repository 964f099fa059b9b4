/// Everything one transformer layer computes, in order.
package struct LayerTrace: Sendable {
  /// [t, c] X, 32 bits, exponent fX.
  package let input: [Int32]
  /// The norm before attention.
  package let attentionNorm: RMSNormTrace
  /// Attention.
  package let attention: GroupedQueryAttentionTrace
  /// [t, c] X1 = X + rescaled output projection, 32 bits; remainders of the projection.
  package let attentionOutput: RescaledTensor
  /// The norm before the feed-forward block, of X1.
  package let feedForwardNorm: RMSNormTrace
  /// The feed-forward block.
  package let feedForward: SwiGLUTrace
  /// [t, c] Y = X1 + rescaled down projection, 32 bits; remainders of the projection.
  package let output: RescaledTensor
  /// How the inputs of the projections were quantised, if the layer is ternary.
  package let quantization: LayerQuantizationTrace?
}

/// What a ternary layer computes besides: its projections read activations of 8 bits.
package struct LayerQuantizationTrace: Sendable {
  /// [t, c] normalised activations times the gains before attention, 16 bits, exponent fA.
  package let attentionGained: RescaledTensor
  /// [t, c] what query, key and value read.
  package let attentionInput: AbsoluteMaximumTrace
  /// [t, g, m, s, p] what the attention output reads, of the attended values.
  package let outputInput: AbsoluteMaximumTrace
  /// [t, c] normalised activations times the gains before the feed-forward block, 16 bits, exponent fF.
  package let feedForwardGained: RescaledTensor
  /// [t, c] what gate and up read.
  package let feedForwardInput: AbsoluteMaximumTrace
  /// [t, f] what the down projection reads, of the hidden activations.
  package let downInput: AbsoluteMaximumTrace
}

extension QuantizedModel {
  /// Layer `index` on all T positions of `input`, [t, c]; throws `activationOverflow`.
  package func layer(_ index: Int, input: [Int32]) throws -> LayerTrace {
    precondition(
      input.count == parameters.positions * configuration.hiddenSize, "A layer processes all positions at once.")
    var cache = KeyValueCache()
    return try layer(index, input: input, cache: &cache)
  }

  /// Layer `index` on the positions that follow those in `cache`; throws `activationOverflow`.
  func layer(_ index: Int, input: [Int32], cache: inout KeyValueCache) throws -> LayerTrace {
    let weights = layers[index]
    let multipliers = weights.ternary?.multipliers
    func place(_ tensor: String) -> TensorPlace { TensorPlace(layer: index, tensor: tensor) }
    let attentionNorm = try normalize(input, at: place("attentionNorm"))
    let (attentionGained, attentionInput) = try gained(
      attentionNorm.normalized, weights.ternary?.attentionGain, shift: parameters.attentionGainShift,
      at: place("attentionInput"))
    let attention = try attend(attentionInput, weights: weights, layer: index, cache: &cache)
    let outputInput = try projectionInput(
      attention.attended, channels: configuration.queryChannels, at: place("attended"))
    let attentionOutput = try rescaled(
      outputInput.product(
        weights.output, multiplier: multipliers?.output, bias: shiftedBiases(of: weights)?.output),
      shift: parameters.outputShift, width: QuantizationParameters.residualWidth, addingTo: input,
      at: place("attentionOutput"))
    let feedForwardNorm = try normalize(attentionOutput.values, at: place("feedForwardNorm"))
    let (feedForwardGained, feedForwardInput) = try gained(
      feedForwardNorm.normalized, weights.ternary?.feedForwardGain, shift: parameters.feedForwardGainShift,
      at: place("feedForwardInput"))
    let feedForward = try gatedFeedForward(feedForwardInput, weights: weights, layer: index)
    let downInput = try projectionInput(
      feedForward.hidden, channels: configuration.intermediateSize, at: place("hidden"))
    let output = try rescaled(
      downInput.product(weights.down, multiplier: multipliers?.down), shift: parameters.downShift,
      width: QuantizationParameters.residualWidth, addingTo: attentionOutput.values, at: place("output"))
    var quantization: LayerQuantizationTrace?
    if let attentionGained, let feedForwardGained, let attention = attentionInput.quantization,
      let output = outputInput.quantization, let feedForward = feedForwardInput.quantization,
      let down = downInput.quantization
    {
      quantization = LayerQuantizationTrace(
        attentionGained: attentionGained, attentionInput: attention, outputInput: output,
        feedForwardGained: feedForwardGained, feedForwardInput: feedForward, downInput: down)
    }
    return LayerTrace(
      input: input, attentionNorm: attentionNorm, attention: attention, attentionOutput: attentionOutput,
      feedForwardNorm: feedForwardNorm, feedForward: feedForward, output: output,
      quantization: quantization)
  }

  /// What projections read of 16-bit activations, `channels` to a row; throws `activationOverflow`.
  private func projectionInput(_ activations: RescaledTensor, channels: Int, at place: TensorPlace) throws
    -> ProjectionInput
  {
    if parameters.ternary == nil { return ProjectionInput(plain: activations) }
    return try ProjectionInput(quantizing: activations, channels: channels, at: place)
  }

  /// What projections read of normalised activations, [t, c]: in a ternary model, these times the gains, quantised.
  /// Throws `activationOverflow`.
  private func gained(
    _ normalized: RescaledTensor, _ gains: [Int16]?, shift: Int?, at place: TensorPlace
  ) throws -> (gained: RescaledTensor?, input: ProjectionInput) {
    guard let gains, let shift else { return (nil, ProjectionInput(plain: normalized)) }
    let products = normalized.values.enumerated().map { Int64($1) * Int64(gains[$0 % gains.count]) }
    let gained = try rescaled(products, shift: shift, width: QuantizationParameters.activationWidth, at: place)
    return (gained, try projectionInput(gained, channels: configuration.hiddenSize, at: place))
  }
}
