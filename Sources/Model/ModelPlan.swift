/// What a model will cost before any weight is read: its steps and the sizes of all tensors, from the configuration and
/// the number of positions alone.
///
/// The order and the names are those of Docs/IntegerModel.md and of the traces.
package struct ModelPlan: Equatable, Sendable {
  /// A tensor's name, axes and what its numbers need.
  package struct Tensor: Equatable, Sendable {
    /// The name in Docs/IntegerModel.md.
    package let name: String
    /// Lengths of its axes, the slowest first.
    package let axes: [Int]
    /// Bits that hold each number, for remainders with the constants that planning assumes.
    package let bits: Int

    /// Entries of the tensor.
    package var entries: Int { axes.reduce(1, *) }
    /// Entries after every axis was filled up to a power of two, as the circuits do.
    package var paddedEntries: Int { axes.reduce(1) { $0 * ModelPlan.powerOfTwo(atLeast: $1) } }
  }

  /// One kind of step.
  package struct Step: Equatable, Sendable {
    /// `embedding`, `layer`, `head` or `final`.
    package let name: String
    /// How many steps of this kind one inference takes.
    package let count: Int
    /// Weights, the same for all inferences.
    package let weights: [Tensor]
    /// Everything else the step's trace holds.
    package let activations: [Tensor]

    /// Weights of one step of this kind.
    package var parameters: Int { weights.reduce(0) { $0 + $1.entries } }
    /// Numbers in the trace of one step of this kind.
    package var traceEntries: Int { activations.reduce(0) { $0 + $1.entries } }
  }

  /// The shape.
  package let configuration: ModelConfiguration
  /// Constants of typical widths; see ``QuantizationParameters/init(planning:positions:)``.
  package let parameters: QuantizationParameters
  /// The embedding, the layers, the head and the final step, in this order.
  package let steps: [Step]

  /// Plans `configuration` at T = `positions`, a power of two; throws `malformedField`, `positionsOutOfRange` or
  /// `inconsistentParameters`.
  package init(configuration: ModelConfiguration, positions: Int) throws {
    try configuration.validate()
    self.configuration = configuration
    parameters = try QuantizationParameters(planning: configuration, positions: positions)
    let shapes = PlanShapes(configuration: configuration, parameters: parameters)
    steps = [
      Step(name: "embedding", count: 1, weights: [shapes.embedding], activations: shapes.embeddingTrace),
      Step(
        name: "layer", count: configuration.layerCount, weights: shapes.layerWeights, activations: shapes.layerTrace),
      Step(name: "head", count: 1, weights: [shapes.head], activations: shapes.headTrace),
      Step(name: "final", count: 1, weights: [], activations: []),
    ]
  }

  /// Steps of one inference.
  package var stepCount: Int { steps.reduce(0) { $0 + $1.count } }
  /// Numbers that the key holds: all weights, the head's also if it is tied, because it has gains folded in; no gains.
  package var keyParameters: Int { steps.reduce(0) { $0 + $1.count * $1.parameters } }
  /// Bytes of the key's weights: two for each, or one for five ternary ones.
  package var keyBytes: Int {
    steps.reduce(0) { total, step in
      let bytes = step.weights.reduce(0) { $0 + ($1.bits == 2 ? ($1.entries + 4) / 5 : 2 * $1.entries) }
      return total + step.count * bytes
    }
  }
  /// Parameters of the model as it is published: a tied head counts once, gains count.
  package var publishedParameters: Int {
    let layerGains = parameters.ternary == nil ? 2 * configuration.layerCount * configuration.hiddenSize : 0
    let gains = layerGains + configuration.hiddenSize
    let tied = configuration.tiesEmbeddings ? configuration.vocabularySize * configuration.hiddenSize : 0
    return keyParameters + gains - tied
  }

  /// The smallest power of two that is at least `count`, which is positive.
  package static func powerOfTwo(atLeast count: Int) -> Int {
    count <= 1 ? 1 : 1 << (Int.bitWidth - (count - 1).leadingZeroBitCount)
  }
}

extension QuantizationParameters {
  /// Constants of a model that was not read: what calibration chooses for the weights and activations of an ordinary
  /// trained LLaMA. Throws `positionsOutOfRange` or `inconsistentParameters`.
  package init(planning configuration: ModelConfiguration, positions: Int) throws {
    let ranges = ActivationRanges(
      residual: 1024, query: 32, key: 32, value: 16, gate: 32, up: 32, hidden: 256, attentionInput: 8,
      feedForwardInput: 8)
    var largest = FoldedWeights.Largest(
      embedding: 1, query: 1, key: 1, value: 1, output: 1, gate: 1, up: 1, down: 1, head: 1, attentionGain: 1,
      feedForwardGain: 1)
    largest.biases = configuration.biasedProjections?.repeating(16)
    if positions < 1 || positions > configuration.maximumPositions {
      throw ModelError.positionsOutOfRange(found: positions, maximum: configuration.maximumPositions)
    }
    self.init(configuration: configuration, ranges: ranges, largestWeights: largest, positions: positions)
    try validate(for: configuration)
  }
}
