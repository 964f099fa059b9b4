/// The shape of a LLaMA: what `config.json` says, after everything unsupported was refused.
///
/// Letters used for axes everywhere: `d` hidden channels, `G` key/value heads, `M` query heads per key/value head,
/// `f` feed-forward channels, `V` vocabulary entries.
package struct ModelConfiguration: Equatable, Sendable, Codable {
  /// Hidden channels `d`.
  package let hiddenSize: Int
  /// Feed-forward channels `f`.
  package let intermediateSize: Int
  /// Number of transformer layers.
  package let layerCount: Int
  /// Query heads, `G * M`.
  package let attentionHeads: Int
  /// Key/value heads `G`.
  package let keyValueHeads: Int
  /// Channels of one head, even.
  package let headDimension: Int
  /// Vocabulary entries `V`.
  package let vocabularySize: Int
  /// Largest number of positions the model was trained for.
  package let maximumPositions: Int
  /// The epsilon inside RMSNorm's square root.
  package let normEpsilon: Double
  /// Base of the rotary frequencies.
  package let rotaryTheta: Double
  /// How the rotary frequencies are stretched, if at all. Only a configuration that was read says so: in an integer
  /// model it is one of the constants, ``QuantizationParameters/rotaryScaling``, and nil here.
  package internal(set) var rotaryScaling: RotaryScaling?
  /// How the projections' weights are stored, if they are ternary. Only a configuration that was read says so: an
  /// integer model has ``QuantizationParameters/ternary``, and nil here.
  package internal(set) var ternaryFormat: TernaryFormat?
  /// Which projections have biases, if any. Only a configuration that was read says so: an integer model has
  /// ``QuantizationParameters/biases``, and nil here.
  package internal(set) var biasedProjections: BiasedProjections?
  /// Whether the language-model head uses the embedding's weights.
  package let tiesEmbeddings: Bool
  /// Token that begins a text, if the model names one.
  package let beginningToken: Int?
  /// Tokens that end a text, ascending, possibly none.
  package let endTokens: [Int]

  /// Query heads per key/value head, `M`; query head `g * M + m` reads key/value head `g`.
  package var members: Int { attentionHeads / keyValueHeads }
  /// Channels of one half of a head; head channel `s * halfHead + p`.
  package var halfHead: Int { headDimension / 2 }
  /// Channels of all query heads.
  package var queryChannels: Int { attentionHeads * headDimension }
  /// Channels of all key (or value) heads.
  package var keyValueChannels: Int { keyValueHeads * headDimension }

  /// The shape alone, for a model whose constants hold the rest.
  package var shape: ModelConfiguration {
    var shape = self
    shape.rotaryScaling = nil
    shape.ternaryFormat = nil
    shape.biasedProjections = nil
    return shape
  }

  /// Takes every dimension as it is; ``validate(file:)`` checks them.
  package init(
    hiddenSize: Int, intermediateSize: Int, layerCount: Int, attentionHeads: Int, keyValueHeads: Int,
    headDimension: Int, vocabularySize: Int, maximumPositions: Int, normEpsilon: Double, rotaryTheta: Double,
    rotaryScaling: RotaryScaling? = nil, ternaryFormat: TernaryFormat? = nil,
    biasedProjections: BiasedProjections? = nil, tiesEmbeddings: Bool, beginningToken: Int?, endTokens: [Int]
  ) {
    self.hiddenSize = hiddenSize
    self.intermediateSize = intermediateSize
    self.layerCount = layerCount
    self.attentionHeads = attentionHeads
    self.keyValueHeads = keyValueHeads
    self.headDimension = headDimension
    self.vocabularySize = vocabularySize
    self.maximumPositions = maximumPositions
    self.normEpsilon = normEpsilon
    self.rotaryTheta = rotaryTheta
    self.rotaryScaling = rotaryScaling
    self.ternaryFormat = ternaryFormat
    self.biasedProjections = biasedProjections
    self.tiesEmbeddings = tiesEmbeddings
    self.beginningToken = beginningToken
    self.endTokens = endTokens
  }

  /// Throws `malformedField` unless all dimensions are positive, consistent, and small enough that no accumulator
  /// of the integer model can leave 64 bits.
  package func validate(file: String = "config.json") throws {
    func check(_ holds: Bool, _ field: String, _ expected: String) throws {
      if !holds { throw ModelError.malformedField(file: file, field: field, expected: expected) }
    }
    try check((1...1 << 16).contains(hiddenSize), "hidden_size", "1 to 65536")
    try check((1...1 << 18).contains(intermediateSize), "intermediate_size", "1 to 262144")
    try check((1...1024).contains(layerCount), "num_hidden_layers", "1 to 1024")
    try check((1...1024).contains(attentionHeads), "num_attention_heads", "1 to 1024")
    try check(
      keyValueHeads >= 1 && attentionHeads % keyValueHeads == 0, "num_key_value_heads",
      "a divisor of num_attention_heads")
    try check(
      (2...1024).contains(headDimension) && headDimension % 2 == 0, "head_dim", "an even number from 2 to 1024")
    try check((2...1 << 20).contains(vocabularySize), "vocab_size", "2 to 1048576")
    try check((1...1 << 20).contains(maximumPositions), "max_position_embeddings", "1 to 1048576")
    try check(normEpsilon >= 0 && normEpsilon < 1, "rms_norm_eps", "a number from 0 to 1")
    try check(rotaryTheta >= 1 && rotaryTheta.isFinite, "rope_theta", "a finite number, at least 1")
    try check(
      rotaryScaling?.isConsistent ?? true, "rope_scaling", "factor >= 1 and low_freq_factor < high_freq_factor")
    let tokens = endTokens + (beginningToken.map { [$0] } ?? [])
    try check(
      tokens.allSatisfy { (0..<vocabularySize).contains($0) }, "bos_token_id or eos_token_id",
      "ids below vocab_size")
  }
}
