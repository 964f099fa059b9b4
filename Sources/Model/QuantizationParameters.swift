/// All constants of the integer model: exponents (numbers of fraction bits), widths and the epsilon of its norms.
///
/// An integer `n` with exponent `f` stands for the real number `n / 2^f`. The constants belong to the proof key;
/// the rules that choose them are in Docs/IntegerModel.md.
package struct QuantizationParameters: Equatable, Sendable, Codable {
  /// One exponent for each class of weights, the same in all layers.
  package struct WeightExponents: Equatable, Sendable, Codable {
    /// Exponent of the token embedding, at most the residual exponent.
    package var embedding: Int
    /// Exponent of the query projections, norm gains included.
    package var query: Int
    /// Exponent of the key projections, norm gains included.
    package var key: Int
    /// Exponent of the value projections, norm gains included.
    package var value: Int
    /// Exponent of the attention output projections.
    package var output: Int
    /// Exponent of the gate projections, norm gains included.
    package var gate: Int
    /// Exponent of the up projections, norm gains included.
    package var up: Int
    /// Exponent of the down projections.
    package var down: Int
    /// Exponent of the language-model head, norm gains included.
    package var head: Int
  }

  /// The exponents that only a ternary model has. Its weight exponents of projections are those of the multipliers.
  package struct TernaryExponents: Equatable, Sendable, Codable {
    /// Exponent of the gains before attention.
    package var attentionGain: Int
    /// Exponent of the gains before the feed-forward block.
    package var feedForwardGain: Int
    /// Exponent fA of what query, key and value read.
    package var attentionInput: Int
    /// Exponent fF of what gate and up read.
    package var feedForwardInput: Int
  }

  /// Bits of residual-stream values, signed.
  package static let residualWidth = 32
  /// Bits of all other activations, signed.
  package static let activationWidth = 16
  /// Bits of the row maxima of attention scores, signed.
  package static let scoreWidth = 24
  /// Right shift after multiplying by a norm's inverse root.
  package static let normShift = 32
  /// Bits that a norm's inverse root stays below.
  package static let inverseRootBits = 48
  /// Bits that the slacks of a norm's inverse root stay below.
  package static let inverseRootSlackBits = 96
  /// Fraction bits of cosine and sine.
  package static let rotaryBits = 14
  /// Bits of the low digit of a score difference, and of the low exponential table's value at 0.
  package static let differenceLowBits = 10
  /// Bits of the high digit of a score difference, and of the high exponential table's value at 0.
  package static let differenceHighBits = 12
  /// The exponential of 0 is 2 to this power.
  package static let exponentialBits = 22
  /// Reciprocals of exponential sums are floor(2^reciprocalBits / Z).
  package static let reciprocalBits = 46
  /// Bits that the gaps between logits stay below.
  package static let gapBits = 48
  /// Largest right shift of a projection.
  package static let maximumShift = 40

  /// Positions `T` that every proof processes, a power of two.
  package var positions: Int
  /// Bits of one digit of a range check.
  package var digitBits: Int
  /// Bits of the gate, signed: the size of the SiLU table.
  package var siluBits: Int
  /// What a norm adds to the sum of squares, at least 1.
  package var normEpsilon: Int64
  /// Exponent fX of the residual stream.
  package var residualExponent: Int
  /// Exponent fN of normalised activations.
  package var normalizedExponent: Int
  /// Exponent fS of attention scores, before the division by sqrt(headDimension).
  package var scoreExponent: Int
  /// Exponents fW.
  package var weights: WeightExponents
  /// Exponent fQ of queries.
  package var queryExponent: Int
  /// Exponent fK of keys.
  package var keyExponent: Int
  /// Exponent fV of values and of attended values.
  package var valueExponent: Int
  /// Exponent fG of the gate, before and after SiLU.
  package var gateExponent: Int
  /// Exponent fU of the up projection.
  package var upExponent: Int
  /// Exponent fH of the gated feed-forward activations.
  package var hiddenExponent: Int

  /// How the rotary frequencies are stretched, if at all.
  package var rotaryScaling: RotaryScaling?
  /// What a ternary model has besides; nil for a model of 16-bit weights.
  package var ternary: TernaryExponents?
  /// Exponents fB of the biases of attention's projections; nil for a model without biases.
  package var biases: AttentionBiases<Int>?

  /// Exponent of what query, key and value read.
  private var attentionInputExponent: Int { ternary?.attentionInput ?? normalizedExponent }
  /// Exponent of what gate and up read.
  private var feedForwardInputExponent: Int { ternary?.feedForwardInput ?? normalizedExponent }
  /// Right shift of normalised activations times the gains before attention, if the model is ternary.
  package var attentionGainShift: Int? { ternary.map { normalizedExponent + $0.attentionGain - $0.attentionInput } }
  /// Right shift of normalised activations times the gains before the feed-forward block, if the model is ternary.
  package var feedForwardGainShift: Int? {
    ternary.map { normalizedExponent + $0.feedForwardGain - $0.feedForwardInput }
  }
  /// Right shift of the query projection.
  package var queryShift: Int { attentionInputExponent + weights.query - queryExponent }
  /// Right shift of the key projection.
  package var keyShift: Int { attentionInputExponent + weights.key - keyExponent }
  /// Right shift of the value projection.
  package var valueShift: Int { attentionInputExponent + weights.value - valueExponent }
  /// Right shift of attention scores, sS.
  package var scoreShift: Int { queryExponent + keyExponent - scoreExponent }
  /// Right shift of the attention output projection.
  package var outputShift: Int { valueExponent + weights.output - residualExponent }
  /// Right shift of the gate projection.
  package var gateShift: Int { feedForwardInputExponent + weights.gate - gateExponent }
  /// Right shift of the up projection.
  package var upShift: Int { feedForwardInputExponent + weights.up - upExponent }
  /// Right shift of SiLU(gate) * up.
  package var hiddenShift: Int { gateExponent + upExponent - hiddenExponent }
  /// Right shift of the down projection.
  package var downShift: Int { hiddenExponent + weights.down - residualExponent }
  /// Left shifts from the biases to what they are added to, the projections before rescaling.
  package var biasShifts: AttentionBiases<Int>? {
    biases.map { exponents in
      AttentionBiases(
        query: attentionInputExponent + weights.query - exponents.query,
        key: attentionInputExponent + weights.key - exponents.key,
        value: attentionInputExponent + weights.value - exponents.value,
        output: exponents.output.map { valueExponent + weights.output - $0 })
    }
  }
  /// Left shift from embedding weights to the residual stream.
  package var embeddingShift: Int { residualExponent - weights.embedding }
  /// Exponent of the exact logits.
  package var logitExponent: Int { normalizedExponent + weights.head }
  /// The exponent k of the inverse root: inverse^2 * S <= d * 2^(2k).
  package var inverseRootExponent: Int { Self.normShift + normalizedExponent }
}

extension QuantizationParameters {
  /// fN for `hiddenSize` channels: the largest exponent with sqrt(d) * 2^fN < 2^15.
  package static func normalizedExponent(hiddenSize: Int) -> Int {
    var bits = 0
    while 1 << (2 * bits) <= hiddenSize { bits += 1 }
    return 15 - bits
  }

  /// fS for heads of `headDimension` channels: 11 - floor(log2(sqrt(headDimension))).
  package static func scoreExponent(headDimension: Int) -> Int {
    let logarithm = Int.bitWidth - 1 - headDimension.leadingZeroBitCount
    return 11 - logarithm / 2
  }

  /// The norm's epsilon in integers: max(1, round(d * eps * 2^(2 fX))), halves away from zero.
  package static func normEpsilon(_ epsilon: Double, hiddenSize: Int, residualExponent: Int) -> Int64 {
    let scaled = Double(hiddenSize) * epsilon * Double(sign: .plus, exponent: 2 * residualExponent, significand: 1)
    return max(1, Int64(scaled.rounded(.toNearestOrAwayFromZero)))
  }

  /// Throws `inconsistentParameters` unless these constants fit the configuration and every shift is in range.
  package func validate(for configuration: ModelConfiguration) throws {
    func check(_ holds: Bool, _ name: String, _ expected: String) throws {
      if !holds { throw ModelError.inconsistentParameters(name: name, expected: expected) }
    }
    if positions < 1 || positions > configuration.maximumPositions {
      throw ModelError.positionsOutOfRange(found: positions, maximum: configuration.maximumPositions)
    }
    try check(positions.nonzeroBitCount == 1, "positions", "a power of two")
    try check((8...16).contains(digitBits), "digitBits", "8 to 16")
    try check((8...16).contains(siluBits), "siluBits", "8 to 16")
    try check((0...16).contains(residualExponent), "residualExponent", "0 to 16")
    try check(
      normalizedExponent == Self.normalizedExponent(hiddenSize: configuration.hiddenSize), "normalizedExponent",
      "the one of hidden_size")
    try check(
      scoreExponent == Self.scoreExponent(headDimension: configuration.headDimension), "scoreExponent",
      "the one of head_dim")
    try check(
      normEpsilon
        == Self.normEpsilon(
          configuration.normEpsilon, hiddenSize: configuration.hiddenSize, residualExponent: residualExponent),
      "normEpsilon", "the one of rms_norm_eps")
    try check(rotaryScaling?.isConsistent ?? true, "rotaryScaling", "factors in range, the low one below the high one")
    try check(
      configuration.rotaryScaling == nil || configuration.rotaryScaling == rotaryScaling, "rotaryScaling",
      "the one of rope_scaling")
    if let attentionGainShift, let feedForwardGainShift {
      try check(digitBits == 16, "digitBits", "16 in a ternary model")
      for (name, shift) in [
        ("attentionGainShift", attentionGainShift), ("feedForwardGainShift", feedForwardGainShift),
      ] {
        try check((1...Self.maximumShift).contains(shift), name, "1 to \(Self.maximumShift)")
      }
    }
    if let shifts = biasShifts {
      try check(ternary == nil, "biases", "none in a ternary model")
      for shift in shifts.all {
        try check((0...Self.maximumShift).contains(shift), "biases", "shifts of 0 to \(Self.maximumShift)")
      }
    }
    try check((0...16).contains(embeddingShift), "weights.embedding", "at most 16 below the residual exponent")
    for (name, shift) in [
      ("queryShift", queryShift), ("keyShift", keyShift), ("valueShift", valueShift), ("scoreShift", scoreShift),
      ("outputShift", outputShift), ("gateShift", gateShift), ("upShift", upShift), ("hiddenShift", hiddenShift),
      ("downShift", downShift),
    ] {
      try check((1...Self.maximumShift).contains(shift), name, "1 to \(Self.maximumShift)")
    }
  }
}
