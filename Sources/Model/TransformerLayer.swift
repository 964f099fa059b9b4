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
    func place(_ tensor: String) -> TensorPlace { TensorPlace(layer: index, tensor: tensor) }
    let attentionNorm = try normalize(input, at: place("attentionNorm"))
    let attention = try attend(attentionNorm.normalized, weights: weights, layer: index, cache: &cache)
    let attentionOutput = try rescaled(
      MatrixProduct.product(attention.attended.operands, weights.output), shift: parameters.outputShift,
      width: QuantizationParameters.residualWidth, addingTo: input, at: place("attentionOutput"))
    let feedForwardNorm = try normalize(attentionOutput.values, at: place("feedForwardNorm"))
    let feedForward = try gatedFeedForward(feedForwardNorm.normalized, weights: weights, layer: index)
    let output = try rescaled(
      MatrixProduct.product(feedForward.hidden.operands, weights.down), shift: parameters.downShift,
      width: QuantizationParameters.residualWidth, addingTo: attentionOutput.values, at: place("output"))
    return LayerTrace(
      input: input, attentionNorm: attentionNorm, attention: attention, attentionOutput: attentionOutput,
      feedForwardNorm: feedForwardNorm, feedForward: feedForward, output: output)
  }
}
