extension QuantizationParameters {
  /// The largest exponent of weights and of activations.
  private static let maximumExponent = 20
  /// The largest exponent of the multipliers of ternary matrices.
  private static let maximumMultiplierExponent = 40
  /// From this many gate values in one layer on, the gate has 16 bits instead of 14.
  private static let wideSiluThreshold = 1 << 18

  /// The constants for a model with these activation ranges and largest weights.
  init(
    configuration: ModelConfiguration, ranges: ActivationRanges, largestWeights: FoldedWeights.Largest, positions: Int
  ) {
    let silu = positions * configuration.intermediateSize >= Self.wideSiluThreshold ? 16 : 14
    let normalized = Self.normalizedExponent(hiddenSize: configuration.hiddenSize)
    let isTernary = configuration.ternaryFormat != nil
    let width = Self.activationWidth

    /// The exponent of gains and that of normalised activations times them.
    func gained(_ range: Double, _ largest: Double) -> (gain: Int, input: Int) {
      let gain = Self.weightExponent(largest: largest)
      let input = min(Self.activationExponent(range, bits: width), normalized + gain - 1)
      return (min(gain, Self.maximumShift + input - normalized), input)
    }
    let attention = gained(ranges.attentionInput, largestWeights.attentionGain)
    let feedForward = gained(ranges.feedForwardInput, largestWeights.feedForwardGain)
    let (attentionInput, feedForwardInput) =
      isTernary ? (attention.input, feedForward.input) : (normalized, normalized)
    func matrixExponent(_ largest: Double) -> Int {
      Self.weightExponent(largest: largest, limit: isTernary ? Self.maximumMultiplierExponent : Self.maximumExponent)
    }

    /// A projection of activations with exponent `input`: an output exponent and a weight exponent with a shift in range.
    func projection(
      _ range: Double, bits: Int, _ largest: Double, of input: Int
    ) -> (activation: Int, weight: Int) {
      let weight = matrixExponent(largest)
      let activation = min(Self.activationExponent(range, bits: bits), input + weight - 1)
      return (activation, min(weight, Self.maximumShift + activation - input))
    }
    let query = projection(ranges.query, bits: width, largestWeights.query, of: attentionInput)
    let key = projection(ranges.key, bits: width, largestWeights.key, of: attentionInput)
    let value = projection(ranges.value, bits: width, largestWeights.value, of: attentionInput)
    let gate = projection(ranges.gate, bits: silu, largestWeights.gate, of: feedForwardInput)
    let up = projection(ranges.up, bits: width, largestWeights.up, of: feedForwardInput)
    let hidden = min(Self.activationExponent(ranges.hidden, bits: width), gate.activation + up.activation - 1)
    let output = matrixExponent(largestWeights.output)
    let down = matrixExponent(largestWeights.down)
    let residual = [
      16, Self.activationExponent(ranges.residual, bits: Self.residualWidth), value.activation + output - 1,
      hidden + down - 1,
    ].reduce(Int.max) { min($0, $1) }

    self.init(
      positions: positions, digitBits: 16, siluBits: silu,
      normEpsilon: Self.normEpsilon(
        configuration.normEpsilon, hiddenSize: configuration.hiddenSize, residualExponent: residual),
      residualExponent: residual, normalizedExponent: normalized,
      scoreExponent: Self.scoreExponent(headDimension: configuration.headDimension),
      weights: WeightExponents(
        embedding: min(Self.weightExponent(largest: largestWeights.embedding), residual),
        query: query.weight, key: key.weight, value: value.weight, output: output,
        gate: gate.weight, up: up.weight, down: down,
        head: Self.weightExponent(largest: largestWeights.head)),
      queryExponent: query.activation, keyExponent: key.activation, valueExponent: value.activation,
      gateExponent: gate.activation, upExponent: up.activation, hiddenExponent: hidden,
      rotaryScaling: configuration.rotaryScaling,
      ternary: isTernary
        ? TernaryExponents(
          attentionGain: attention.gain, feedForwardGain: feedForward.gain, attentionInput: attention.input,
          feedForwardInput: feedForward.input)
        : nil)
    biases = largestWeights.biases.map { largest in
      // No finer than what they are added to.
      let exact = AttentionBiases(
        query: attentionInput + query.weight, key: attentionInput + key.weight, value: attentionInput + value.weight,
        output: largest.output.map { _ in value.activation + output })
      return largest.merging(exact) { min(Self.weightExponent(largest: $0), $1) }
    }
  }

  /// The largest exponent with room for twice the power of two at or above `largest` in `bits` bits, signed; at most 20.
  static func activationExponent(_ largest: Double, bits: Int) -> Int {
    guard largest > 0 else { return maximumExponent }
    let ceiling = Int(largest.exponent) + (largest.significand == 1 ? 0 : 1)
    return min(bits - 2 - ceiling, maximumExponent)
  }

  /// The largest exponent, at most `limit`, with round(largest * 2^exponent) <= 32767.
  static func weightExponent(largest: Double, limit: Int = maximumExponent) -> Int {
    var exponent = limit
    while (largest * Double(sign: .plus, exponent: exponent, significand: 1))
      .rounded(.toNearestOrAwayFromZero) > 32767
    {
      exponent -= 1
    }
    return exponent
  }
}
