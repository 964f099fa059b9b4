/// The tensors of every kind of step, by the sections of Docs/IntegerModel.md.
struct PlanShapes {
  /// The shape.
  let configuration: ModelConfiguration
  /// The constants.
  let parameters: QuantizationParameters

  private typealias Tensor = ModelPlan.Tensor
  private var positions: Int { parameters.positions }
  private var hidden: Int { configuration.hiddenSize }
  private var inner: Int { configuration.intermediateSize }
  private var vocabulary: Int { configuration.vocabularySize }
  private var groups: Int { configuration.keyValueHeads }
  private var members: Int { configuration.members }
  private var half: Int { configuration.halfHead }
  private var width: Int { QuantizationParameters.activationWidth }

  /// [v][c]
  var embedding: ModelPlan.Tensor { Tensor(name: "embedding", axes: [vocabulary, hidden], bits: width) }
  /// [v][c]
  var head: ModelPlan.Tensor { Tensor(name: "head", axes: [vocabulary, hidden], bits: width) }

  /// The seven matrices of a layer, its biases if it has any.
  var layerWeights: [ModelPlan.Tensor] {
    let bits = parameters.ternary == nil ? width : 2
    let matrices = [
      Tensor(name: "query", axes: [groups, members, 2, half, hidden], bits: bits),
      Tensor(name: "key", axes: [groups, 2, half, hidden], bits: bits),
      Tensor(name: "value", axes: [groups, 2, half, hidden], bits: bits),
      Tensor(name: "output", axes: [hidden, groups, members, 2, half], bits: bits),
      Tensor(name: "gate", axes: [inner, hidden], bits: bits),
      Tensor(name: "up", axes: [inner, hidden], bits: bits),
      Tensor(name: "down", axes: [hidden, inner], bits: bits),
    ]
    if let biases = parameters.biases {
      let lengths = biases.projections.lengths(in: configuration).all
      return matrices
        + zip(["queryBias", "keyBias", "valueBias", "outputBias"], lengths).map {
          Tensor(name: $0, axes: [$1], bits: width)
        }
    }
    if parameters.ternary == nil { return matrices }
    return matrices + [
      Tensor(name: "attentionGain", axes: [hidden], bits: width),
      Tensor(name: "feedForwardGain", axes: [hidden], bits: width),
      Tensor(name: "multipliers", axes: [matrices.count], bits: width),
    ]
  }

  /// Section 6.
  var embeddingTrace: [ModelPlan.Tensor] { [stream("output")] }

  /// Section 7, in its order, then section 14 if the model is ternary.
  var layerTrace: [ModelPlan.Tensor] { sixteenBitTrace + quantizations }

  private var quantizations: [Tensor] {
    guard let attention = parameters.attentionGainShift, let feedForward = parameters.feedForwardGainShift else {
      return []
    }
    let channels = [positions, hidden]
    return rescaled("attentionGained", channels, width, attention) + quantized("attentionInput", channels)
      + quantized("outputInput", [positions, groups, members, 2, half])
      + rescaled("feedForwardGained", channels, width, feedForward) + quantized("feedForwardInput", channels)
      + quantized("downInput", [positions, inner])
  }

  private func quantized(_ name: String, _ axes: [Int]) -> [Tensor] {
    [
      Tensor(name: name + ".maximum", axes: [positions], bits: width),
      Tensor(name: name + ".quantized", axes: axes, bits: 8),
      Tensor(name: name + ".rounding", axes: axes, bits: width),
    ]
  }

  private var sixteenBitTrace: [Tensor] {
    [stream("input")] + norm("attentionNorm") + projections + softmax + weightedValues
      + rescaled("attentionOutput", [positions, hidden], QuantizationParameters.residualWidth, parameters.outputShift)
      + norm("feedForwardNorm") + feedForward
      + rescaled("output", [positions, hidden], QuantizationParameters.residualWidth, parameters.downShift)
  }

  /// Section 8.
  var headTrace: [ModelPlan.Tensor] {
    let gapBits = QuantizationParameters.gapBits
    return [stream("input")] + norm("headNorm") + [
      Tensor(name: "winner", axes: [positions], bits: 32),
      Tensor(name: "largest", axes: [positions], bits: gapBits),
      Tensor(name: "gaps", axes: [positions, vocabulary], bits: gapBits),
    ]
  }

  private var projections: [Tensor] {
    let queries = [positions, groups, members, 2, half]
    let keys = [positions, groups, 2, half]
    let rotary = QuantizationParameters.rotaryBits
    return rescaled("query", queries, width, parameters.queryShift) + rescaled("key", keys, width, parameters.keyShift)
      + rescaled("value", keys, width, parameters.valueShift) + rescaled("rotatedQuery", queries, width, rotary)
      + rescaled("rotatedKey", keys, width, rotary)
  }

  private var softmax: [Tensor] {
    let (rows, pairs) = ([groups, members, positions], [groups, members, positions, positions])
    let (low, high) = (QuantizationParameters.differenceLowBits, QuantizationParameters.differenceHighBits)
    let exponential = QuantizationParameters.exponentialBits + 1
    let total = exponential + ModelPlan.powerOfTwo(atLeast: positions).trailingZeroBitCount
    return [
      Tensor(name: "scoreRemainder", axes: pairs, bits: parameters.scoreShift),
      Tensor(name: "maximum", axes: rows, bits: QuantizationParameters.scoreWidth),
      Tensor(name: "differenceLow", axes: pairs, bits: low),
      Tensor(name: "differenceHigh", axes: pairs, bits: high),
      Tensor(name: "exponentialLow", axes: pairs, bits: low + 1),
      Tensor(name: "exponentialHigh", axes: pairs, bits: high + 1),
      Tensor(name: "exponential", axes: pairs, bits: exponential),
      Tensor(name: "total", axes: rows, bits: total),
      Tensor(name: "reciprocal", axes: rows, bits: QuantizationParameters.reciprocalBits - exponential + 2),
      Tensor(name: "slackLow", axes: rows, bits: total),
      Tensor(name: "slackHigh", axes: rows, bits: total),
    ]
  }

  private var weightedValues: [Tensor] {
    let axes = [positions, groups, members, 2, half]
    return [Tensor(name: "weightedSum", axes: axes, bits: 64)]
      + rescaled("attended", axes, width, QuantizationParameters.reciprocalBits)
  }

  private var feedForward: [Tensor] {
    let axes = [positions, inner]
    return rescaled("gate", axes, parameters.siluBits, parameters.gateShift)
      + rescaled("up", axes, width, parameters.upShift)
      + [Tensor(name: "activated", axes: axes, bits: parameters.siluBits)]
      + rescaled("hidden", axes, width, parameters.hiddenShift)
  }

  private func stream(_ name: String) -> Tensor {
    Tensor(name: name, axes: [positions, hidden], bits: QuantizationParameters.residualWidth)
  }

  private func rescaled(_ name: String, _ axes: [Int], _ bits: Int, _ shift: Int) -> [Tensor] {
    [Tensor(name: name, axes: axes, bits: bits), Tensor(name: name + "Remainder", axes: axes, bits: shift)]
  }

  private func norm(_ name: String) -> [Tensor] {
    let slackBits = QuantizationParameters.inverseRootSlackBits
    return [
      Tensor(name: name + ".squareSum", axes: [positions], bits: slackBits),
      Tensor(name: name + ".inverseRoot", axes: [positions], bits: QuantizationParameters.inverseRootBits),
      Tensor(name: name + ".slackLow", axes: [positions], bits: slackBits),
      Tensor(name: name + ".slackHigh", axes: [positions], bits: slackBits),
    ] + rescaled(name + ".normalized", [positions, hidden], width, QuantizationParameters.normShift)
  }
}
