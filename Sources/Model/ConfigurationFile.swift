// Fields are named as in the files.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

package import Foundation

extension ModelConfiguration {
  /// Reads `config.json`; throws `unreadableFile`, `malformedField` or `unsupported`.
  package init(file url: URL) throws {
    try self.init(json: readFile(url), file: url.lastPathComponent)
  }

  /// Parses the bytes of a `config.json` called `file` in messages; throws `malformedField` or `unsupported`.
  package init(json: Data, file: String) throws {
    let raw = try decodeJSON(RawConfiguration.self, from: json, file: file)
    try raw.refuseUnsupported(file: file)
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
    self.init(
      hiddenSize: hidden,
      intermediateSize: try required(raw.intermediate_size, "intermediate_size", "an integer"),
      layerCount: try required(raw.num_hidden_layers, "num_hidden_layers", "an integer"),
      attentionHeads: heads,
      keyValueHeads: raw.num_key_value_heads ?? heads,
      headDimension: raw.head_dim ?? hidden / heads,
      vocabularySize: try required(raw.vocab_size, "vocab_size", "an integer"),
      maximumPositions: try required(raw.max_position_embeddings, "max_position_embeddings", "an integer"),
      normEpsilon: try required(raw.rms_norm_eps, "rms_norm_eps", "a number"),
      rotaryTheta: raw.rope_parameters?.rope_theta ?? raw.rope_theta ?? 10000,
      tiesEmbeddings: raw.tie_word_embeddings ?? false,
      beginningToken: raw.bos_token_id,
      endTokens: (raw.eos_token_id?.tokens ?? []).sorted())
    try validate(file: file)
  }
}

/// The fields of config.json that matter, named as in the file.
private struct RawConfiguration: Decodable {
  struct Rotary: Decodable {
    let rope_type: String?
    let type: String?
    let rope_theta: Double?
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

  struct Anything: Decodable {}

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
  let quantization_config: Anything?

  func refuseUnsupported(file: String) throws {
    func refuse(_ wrong: Bool, _ feature: String, _ expected: String) throws {
      if wrong { throw ModelError.unsupported(file: file, feature: feature, expected: expected) }
    }
    try refuse(model_type != "llama", "model_type \(model_type ?? "(missing)")", "llama")
    if let architectures {
      try refuse(
        architectures != ["LlamaForCausalLM"], "architecture \(architectures.joined(separator: ", "))",
        "LlamaForCausalLM")
    }
    try refuse((hidden_act ?? "silu") != "silu", "hidden_act \(hidden_act ?? "")", "silu")
    try refuse(attention_bias == true, "attention_bias", "false")
    try refuse(mlp_bias == true, "mlp_bias", "false")
    try refuse(quantization_config != nil, "quantization_config", "float weights")
    for rotary in [rope_scaling, rope_parameters] {
      let kind = rotary.map { $0.rope_type ?? $0.type ?? "default" } ?? "default"
      try refuse(kind != "default", "rope_scaling \(kind)", "no rope_scaling")
    }
  }
}

/// All bytes of a file, mapped where that is safe; throws `unreadableFile`.
func readFile(_ url: URL) throws -> Data {
  do {
    return try Data(contentsOf: url, options: .mappedIfSafe)
  } catch {
    let reason = FileManager.default.fileExists(atPath: url.path) ? "reading failed" : "there is no such file"
    throw ModelError.unreadableFile(file: url.lastPathComponent, reason: reason)
  }
}

/// Decodes JSON, turning every decoding error into `malformedField` with the path of the field.
func decodeJSON<Value: Decodable>(_ type: Value.Type, from json: Data, file: String) throws -> Value {
  func malformed(_ path: [any CodingKey], _ expected: String) -> ModelError {
    let field = path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    return .malformedField(file: file, field: field.isEmpty ? "the whole file" : field, expected: expected)
  }
  do {
    return try JSONDecoder().decode(type, from: json)
  } catch let error as DecodingError {
    switch error {
    case .typeMismatch(let expected, let context): throw malformed(context.codingPath, "\(expected)")
    case .valueNotFound(let expected, let context): throw malformed(context.codingPath, "\(expected)")
    case .keyNotFound(let key, let context): throw malformed(context.codingPath + [key], "a value")
    case .dataCorrupted(let context): throw malformed(context.codingPath, "valid JSON")
    @unknown default: throw malformed([], "valid JSON")
    }
  }
}
