// Fields are named as in the files.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

/// The fields of config.json that matter, named as in the file.
struct RawConfiguration: Decodable {
  struct Rotary: Decodable {
    let rope_type: String?
    let type: String?
    let rope_theta: Double?
    let factor: Double?
    let low_freq_factor: Double?
    let high_freq_factor: Double?
    let original_max_position_embeddings: Int?
    let partial_rotary_factor: Double?

    /// The rule's name; `default` is none.
    var rule: String { rope_type ?? type ?? "default" }
  }

  struct OneOrMoreTokens: Decodable {
    let tokens: [Int]

    init(from decoder: any Decoder) throws {
      let value = try decoder.singleValueContainer()
      do {
        tokens = [try value.decode(Int.self)]
      } catch DecodingError.typeMismatch {
        tokens = try value.decode([Int].self)
      }
    }
  }

  struct Quantization: Decodable {
    let quant_method: String?
    let linear_class: String?
    let quantization_mode: String?
    let modules_to_not_convert: [String]?
    let use_rms_norm: Bool?
  }

  /// A field that means one thing when it is null and another when it is missing.
  struct Window: Decodable {
    var value: Int?
    var isGiven = false

    init() {}

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      value = container.decodeNil() ? nil : try container.decode(Int.self)
      isGiven = true
    }
  }

  let architectures: [String]?
  let model_type: String?
  let hidden_act: String?
  let hidden_size: Int?
  let intermediate_size: Int?
  let num_hidden_layers: Int?
  let num_attention_heads: Int?
  let num_key_value_heads: Int?
  let head_dim: Int?
  let vocab_size: Int?
  let max_position_embeddings: Int?
  let rms_norm_eps: Double?
  let rope_theta: Double?
  let rope_scaling: Rotary?
  let rope_parameters: Rotary?
  let attention_bias: Bool?
  let mlp_bias: Bool?
  let tie_word_embeddings: Bool?
  let bos_token_id: Int?
  let eos_token_id: OneOrMoreTokens?
  let quantization_config: Quantization?
  let partial_rotary_factor: Double?
  let sliding_window: Window
  let use_sliding_window: Bool?
  let layer_types: [String]?
}

extension KeyedDecodingContainer {
  /// A missing window is one that was not given; chosen over the standard function by the synthesised decoding.
  func decode(_ type: RawConfiguration.Window.Type, forKey key: Key) throws -> RawConfiguration.Window {
    guard contains(key) else { return RawConfiguration.Window() }
    return try RawConfiguration.Window(from: superDecoder(forKey: key))
  }
}

extension RawConfiguration {
  /// The architecture; throws `unsupported` for one that is not a LLaMA under some name.
  func family(file: String) throws -> ModelFamily {
    let known = ModelFamily.allCases.map { $0.rawValue }.joined(separator: ", ")
    guard let family = model_type.flatMap({ ModelFamily(rawValue: $0) }) else {
      throw ModelError.unsupported(
        file: file, feature: "model_type \(model_type ?? "(missing)")", expected: "one of \(known)")
    }
    if let architectures, architectures != [family.architecture] {
      let found = architectures.joined(separator: ", ")
      throw ModelError.unsupported(
        file: file, feature: "architecture \(found) with model_type \(family)",
        expected: "\(family.architecture), or another model_type of \(known)")
    }
    return family
  }

  /// Throws `unsupported` for every feature this version lacks.
  func refuseUnsupported(_ family: ModelFamily, file: String) throws {
    func refuse(_ wrong: Bool, _ feature: String, _ expected: String) throws {
      if wrong { throw ModelError.unsupported(file: file, feature: feature, expected: expected) }
    }
    try refuse((hidden_act ?? "silu") != "silu", "hidden_act \(hidden_act ?? "")", "silu")
    let isBiased = family.biasedProjections(attentionBias: attention_bias == true) != nil
    try refuse(attention_bias == true && !isBiased, "attention_bias", "false")
    let isTernary = quantization_config?.quant_method == "bitnet"
    try refuse(isTernary && isBiased, "quantization_config bitnet with biases", "ternary projections without biases")
    try refuse(mlp_bias == true, "mlp_bias", "false")
    for rotary in [rope_scaling, rope_parameters].compactMap({ $0 }) {
      try refuse(
        !["default", "llama3"].contains(rotary.rule), "rope_scaling \(rotary.rule)", "no rope_scaling, or llama3")
      try refuse((rotary.partial_rotary_factor ?? 1) != 1, "partial_rotary_factor", "1")
    }
    try refuse((partial_rotary_factor ?? 1) != 1, "partial_rotary_factor", "1")
    for type in layer_types ?? [] where family != .llama {
      let known = type == "full_attention" || (type == "sliding_attention" && use_sliding_window != false)
      try refuse(!known, "layer type \(type)", "full_attention")
    }
  }

  /// The stretching of frequencies, if there is one; throws `malformedField` if its numbers are missing or two differ.
  func rotaryScaling(file: String) throws -> RotaryScaling? {
    func malformed(_ expected: String) -> ModelError {
      .malformedField(file: file, field: "rope_scaling", expected: expected)
    }
    let scalings = try [rope_scaling, rope_parameters].compactMap { $0 }.filter { $0.rule == "llama3" }
      .map { rotary -> RotaryScaling in
        guard let factor = rotary.factor, let low = rotary.low_freq_factor, let high = rotary.high_freq_factor,
          let positions = rotary.original_max_position_embeddings
        else {
          throw malformed("factor, low_freq_factor, high_freq_factor and original_max_position_embeddings")
        }
        return RotaryScaling(
          factor: factor, lowFrequencyFactor: low, highFrequencyFactor: high, originalPositions: positions)
      }
    if scalings.contains(where: { $0 != scalings.first }) { throw malformed("the same numbers in rope_parameters") }
    return scalings.first
  }
}

extension RawConfiguration.Quantization {
  /// The layout of BitNet weights; throws `unsupported` for every other quantisation.
  func ternaryFormat(file: String) throws -> TernaryFormat {
    func refuse(_ wrong: Bool, _ feature: String, _ expected: String) throws {
      if wrong { throw ModelError.unsupported(file: file, feature: feature, expected: expected) }
    }
    let method = quant_method ?? "(missing)"
    try refuse(method != "bitnet", "quantization_config \(method)", "float weights, or bitnet")
    try refuse(use_rms_norm == true, "use_rms_norm in quantization_config", "no norms inside the projections")
    let kept = modules_to_not_convert ?? []
    try refuse(
      kept.contains { $0 != "lm_head" }, "modules_to_not_convert \(kept)", "every projection ternary, lm_head not")
    switch (linear_class ?? "bitlinear", quantization_mode ?? "offline") {
    case ("autobitlinear", "offline"): return .multiplying
    case ("bitlinear", "offline"): return .dividing
    case (let type, let mode):
      throw ModelError.unsupported(
        file: file, feature: "bitnet with linear_class \(type) and quantization_mode \(mode)",
        expected: "packed weights: bitlinear or autobitlinear, offline")
    }
  }
}
