/// The weights of one transformer layer; norm gains are folded into the matrices that follow the norms.
package struct LayerWeights: Sendable {
  /// [(g, m, s, p)][c]
  package let query: WeightMatrix
  /// [(g, s, p)][c]
  package let key: WeightMatrix
  /// [(g, s, p)][c]
  package let value: WeightMatrix
  /// [c][(g, m, s, p)]
  package let output: WeightMatrix
  /// [f][c]
  package let gate: WeightMatrix
  /// [f][c]
  package let up: WeightMatrix
  /// [c][f]
  package let down: WeightMatrix
  /// What else a ternary layer has; its matrices hold -1, 0 and 1, without gains.
  package let ternary: TernaryLayerWeights?
  /// What is added to projections of attention, one integer for each of their rows; nil in a model without biases.
  package let biases: AttentionBiases<[Int16]>?

  /// Takes the matrices as they are; the model checks their shapes.
  package init(
    query: WeightMatrix, key: WeightMatrix, value: WeightMatrix, output: WeightMatrix,
    gate: WeightMatrix, up: WeightMatrix, down: WeightMatrix, ternary: TernaryLayerWeights? = nil,
    biases: AttentionBiases<[Int16]>? = nil
  ) {
    self.query = query
    self.key = key
    self.value = value
    self.output = output
    self.gate = gate
    self.up = up
    self.down = down
    self.ternary = ternary
    self.biases = biases
  }

  /// The matrices by projection.
  package var matrices: PerProjection<WeightMatrix> {
    PerProjection(query: query, key: key, value: value, output: output, gate: gate, up: up, down: down)
  }
}

/// The weights of a ternary layer that are no matrices.
package struct TernaryLayerWeights: Equatable, Sendable {
  /// [c] gains of the norm before attention.
  package let attentionGain: [Int16]
  /// [c] gains of the norm before the feed-forward block.
  package let feedForwardGain: [Int16]
  /// What every matrix is multiplied by: 1/254 of its scale.
  package let multipliers: PerProjection<Int16>

  /// Takes the numbers as they are; the model checks how many there are.
  package init(attentionGain: [Int16], feedForwardGain: [Int16], multipliers: PerProjection<Int16>) {
    self.attentionGain = attentionGain
    self.feedForwardGain = feedForwardGain
    self.multipliers = multipliers
  }
}

/// A LLaMA in integers: everything that determines its output bit for bit.
package struct QuantizedModel: Sendable {
  /// The shape.
  package let configuration: ModelConfiguration
  /// The constants.
  package let parameters: QuantizationParameters
  /// The public tables, derived from shape and constants.
  package let tables: LookupTables
  /// [v][c]
  package let embedding: WeightMatrix
  /// The transformer layers, first to last.
  package let layers: [LayerWeights]
  /// [v][c], with the gains of the last norm folded in.
  package let head: WeightMatrix

  /// Checks constants and matrix shapes against the configuration and derives the tables; throws
  /// `inconsistentParameters`, `positionsOutOfRange`, `malformedField` or `ambiguousTableEntry`.
  package init(
    configuration: ModelConfiguration, parameters: QuantizationParameters,
    embedding: WeightMatrix, layers: [LayerWeights], head: WeightMatrix
  ) throws {
    try configuration.validate()
    try parameters.validate(for: configuration)
    func check(_ matrix: WeightMatrix, _ name: String, _ rows: Int, _ columns: Int) throws {
      if matrix.rows != rows || matrix.columns != columns {
        throw ModelError.inconsistentParameters(name: name, expected: "shape [\(rows), \(columns)]")
      }
    }
    let (hidden, vocabulary) = (configuration.hiddenSize, configuration.vocabularySize)
    let (queries, keys) = (configuration.queryChannels, configuration.keyValueChannels)
    try check(embedding, "embedding", vocabulary, hidden)
    try check(head, "head", vocabulary, hidden)
    if layers.count != configuration.layerCount {
      throw ModelError.inconsistentParameters(name: "layers", expected: "\(configuration.layerCount) layers")
    }
    for layer in layers {
      try check(layer.query, "query", queries, hidden)
      try check(layer.key, "key", keys, hidden)
      try check(layer.value, "value", keys, hidden)
      try check(layer.output, "output", hidden, queries)
      try check(layer.gate, "gate", configuration.intermediateSize, hidden)
      try check(layer.up, "up", configuration.intermediateSize, hidden)
      try check(layer.down, "down", hidden, configuration.intermediateSize)
      let gains = layer.ternary.map { [$0.attentionGain.count, $0.feedForwardGain.count] }
      let isTernary = parameters.ternary != nil
      guard gains ?? [hidden, hidden] == [hidden, hidden], isTernary == (gains != nil),
        layer.matrices.all.allSatisfy({ $0.isTernary == isTernary })
      else {
        throw ModelError.inconsistentParameters(
          name: "layers", expected: isTernary ? "ternary matrices, gains and multipliers" : "16-bit matrices only")
      }
      let lengths = parameters.biases?.projections.lengths(in: configuration)
      guard layer.biases?.map(\.count) == lengths else {
        throw ModelError.inconsistentParameters(
          name: "layers", expected: lengths == nil ? "no biases" : "a bias for each output of query, key and value")
      }
    }
    self.configuration = configuration.shape
    self.parameters = parameters
    self.tables = try LookupTables(configuration: configuration, parameters: parameters)
    self.embedding = embedding
    self.layers = layers
    self.head = head
  }

  /// Whether a float model of shape `configuration` can have been quantised to this one.
  package func isQuantized(from configuration: ModelConfiguration) -> Bool {
    self.configuration == configuration.shape && parameters.rotaryScaling == configuration.rotaryScaling
      && (parameters.ternary == nil) == (configuration.ternaryFormat == nil)
      && (parameters.biases.map { configuration.biasedProjections == $0.projections } ?? true)
  }
}
