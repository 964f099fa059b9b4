package import Foundation

extension ModelConfiguration {
  /// Reads `config.json`; throws `unreadableFile`, `malformedField` or `unsupported`.
  package init(file url: URL) throws {
    try self.init(json: readFile(url), file: url.lastPathComponent)
  }

  /// Parses the bytes of a `config.json` called `file` in messages; throws `malformedField` or `unsupported`.
  package init(json: Data, file: String) throws {
    let raw = try decodeJSON(RawConfiguration.self, from: json, file: file)
    let family = try raw.family(file: file)
    try raw.refuseUnsupported(family, file: file)
    func required<Value>(_ value: Value?, _ field: String, _ expected: String) throws -> Value {
      guard let value else { throw ModelError.malformedField(file: file, field: field, expected: expected) }
      return value
    }
    let hidden = try required(raw.hidden_size, "hidden_size", "an integer")
    let heads = try required(raw.num_attention_heads, "num_attention_heads", "an integer")
    guard heads >= 1, raw.head_dim != nil || hidden % heads == 0 else {
      throw ModelError.malformedField(
        file: file, field: "num_attention_heads", expected: "a divisor of hidden_size, or a head_dim")
    }
    let defaultKeyHeads = family.defaultsToOneKeyPerQuery ? heads : nil
    let trained = try required(raw.max_position_embeddings, "max_position_embeddings", "an integer")
    let window = family.slidingWindow(
      raw.sliding_window.value, isGiven: raw.sliding_window.isGiven, isUsed: raw.use_sliding_window)
    if let window, window < 1 {
      throw ModelError.malformedField(file: file, field: "sliding_window", expected: "null or a positive integer")
    }
    self.init(
      hiddenSize: hidden,
      intermediateSize: try required(raw.intermediate_size, "intermediate_size", "an integer"),
      layerCount: try required(raw.num_hidden_layers, "num_hidden_layers", "an integer"),
      attentionHeads: heads,
      keyValueHeads: try required(raw.num_key_value_heads ?? defaultKeyHeads, "num_key_value_heads", "an integer"),
      headDimension: raw.head_dim ?? hidden / heads,
      vocabularySize: try required(raw.vocab_size, "vocab_size", "an integer"),
      maximumPositions: min(trained, window ?? trained),
      normEpsilon: try required(raw.rms_norm_eps, "rms_norm_eps", "a number"),
      rotaryTheta: raw.rope_parameters?.rope_theta ?? raw.rope_theta ?? 10000,
      rotaryScaling: try raw.rotaryScaling(file: file),
      ternaryFormat: try raw.quantization_config?.ternaryFormat(file: file),
      biasedProjections: family.biasedProjections(attentionBias: raw.attention_bias == true),
      tiesEmbeddings: raw.tie_word_embeddings ?? false,
      beginningToken: raw.bos_token_id,
      endTokens: Set(raw.eos_token_id?.tokens ?? []).sorted())
    try validate(file: file)
  }
}
