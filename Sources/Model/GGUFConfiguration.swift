extension GGUFFile {
  /// The tensor of divisors of rotary frequencies.
  static let rotaryDivisors = "rope_freqs.weight"

  /// The shape that the metadata describes; throws `malformedField`, `unsupported` or `unexpectedTensor`.
  func configuration() throws -> ModelConfiguration {
    guard case .text(let architecture) = metadata["general.architecture"] else {
      throw malformed("general.architecture", "a string")
    }
    guard architecture == "llama" || architecture == "qwen2" else {
      throw unsupported("architecture \(architecture)", "llama or qwen2")
    }
    func key(_ name: String) -> String { "\(architecture).\(name)" }
    func required(_ name: String) throws -> Int {
      guard let value = try integer(key(name)) else { throw malformed(key(name), "an integer") }
      return value
    }
    try refuseUnsupported(architecture)
    guard let embedding = entries["token_embd.weight"], embedding.shape.count == 2 else {
      throw ModelError.missingTensor(file: name, tensor: "token_embd.weight")
    }
    let (hidden, heads) = (try required("embedding_length"), try required("attention.head_count"))
    let given = try integer(key("attention.key_length"))
    guard heads >= 1, given != nil || hidden % heads == 0 else {
      throw malformed(key("attention.head_count"), "a divisor of embedding_length, or a key_length")
    }
    let headDimension = given ?? hidden / heads
    for other in ["attention.value_length", "rope.dimension_count"] {
      if let length = try integer(key(other)), length != headDimension {
        throw unsupported("\(key(other)) \(length)", "the size of a head, \(headDimension)")
      }
    }
    guard let epsilon = try number(key("attention.layer_norm_rms_epsilon")) else {
      throw malformed(key("attention.layer_norm_rms_epsilon"), "a number")
    }
    let theta = try number(key("rope.freq_base")) ?? 10000
    let trained = try required("context_length")
    let window = try integer(key("attention.sliding_window")).flatMap { $0 > 0 ? $0 : nil }
    let configuration = ModelConfiguration(
      hiddenSize: hidden, intermediateSize: try required("feed_forward_length"),
      layerCount: try required("block_count"), attentionHeads: heads,
      keyValueHeads: try integer(key("attention.head_count_kv")) ?? heads, headDimension: headDimension,
      vocabularySize: embedding.shape[0], maximumPositions: min(trained, window ?? trained), normEpsilon: epsilon,
      rotaryTheta: theta, biasedProjections: biasedProjections(architecture),
      tiesEmbeddings: entries["output.weight"] == nil,
      beginningToken: try integer("tokenizer.ggml.bos_token_id"),
      endTokens: Set(
        [try integer("tokenizer.ggml.eos_token_id"), try integer("tokenizer.ggml.eot_token_id")].compactMap { $0 }
      ).sorted())
    try configuration.validate(file: name)
    return try stretched(configuration)
  }

  /// The projections that have biases, if any: the metadata does not say, the tensors of the first layer do.
  private func biasedProjections(_ architecture: String) -> BiasedProjections? {
    if entries["blk.0.attn_output.bias"] != nil { return .all }
    return architecture == "qwen2" || entries["blk.0.attn_q.bias"] != nil ? .queryKeyValue : nil
  }

  private func refuseUnsupported(_ architecture: String) throws {
    if let experts = try integer("\(architecture).expert_count"), experts != 0 {
      throw unsupported("expert_count \(experts)", "a dense model")
    }
    if let rule = metadata["\(architecture).rope.scaling.type"], rule != .text("none") {
      throw unsupported("\(architecture).rope.scaling.type", "none")
    }
    for field in ["attention.scale", "logit_scale", "residual_scale", "embedding_scale", "attention.causal"]
    where metadata["\(architecture).\(field)"] != nil {
      throw unsupported("\(architecture).\(field)", "a LLaMA without it")
    }
  }

  /// Finds the constants of the rule `llama3` again: the published models differ only in the factor, which is the
  /// largest divisor.
  private func stretched(_ configuration: ModelConfiguration) throws -> ModelConfiguration {
    guard let entry = entries[Self.rotaryDivisors] else { return configuration }
    guard entry.shape == [configuration.halfHead], let divisors = values(entry), let factor = divisors.max() else {
      throw ModelError.unexpectedTensor(
        file: name, tensor: Self.rotaryDivisors, found: "shape \(entry.shape)",
        expected: "shape [\(configuration.halfHead)]")
    }
    if divisors.allSatisfy({ $0 == 1 }) { return configuration }
    let scaling = RotaryScaling(
      factor: Double(factor), lowFrequencyFactor: 1, highFrequencyFactor: 4, originalPositions: 8192)
    let plain = rotaryFrequencies(
      headDimension: configuration.headDimension, theta: configuration.rotaryTheta, scaling: nil)
    // Both sides compute in single precision: 1e-4 is far above rounding and far below any other rule.
    let agrees = zip(plain, divisors).allSatisfy { frequency, divisor in
      abs(frequency / scaling.scaled(frequency) / Double(divisor) - 1) < 1e-4
    }
    guard agrees, scaling.isConsistent else {
      throw unsupported(Self.rotaryDivisors, "the divisors of LLaMA 3.1, 3.2 or 3.3")
    }
    var configuration = configuration
    configuration.rotaryScaling = scaling
    return configuration
  }

  /// The integer under a key, nil if there is none; throws `malformedField` if it is something else.
  func integer(_ key: String) throws -> Int? {
    switch metadata[key] {
    case nil: return nil
    case .integer(let value): return value
    default: throw malformed(key, "an integer")
    }
  }

  private func number(_ key: String) throws -> Double? {
    switch metadata[key] {
    case nil: return nil
    case .number(let value): return value
    default: throw malformed(key, "a number")
    }
  }

  /// The error for a metadata value that is missing or of another type.
  func malformed(_ key: String, _ expected: String) -> ModelError {
    .malformedField(file: name, field: key, expected: expected)
  }

  /// The error for a feature this version lacks.
  func unsupported(_ feature: String, _ expected: String) -> ModelError {
    .unsupported(file: name, feature: feature, expected: expected)
  }
}
