import Foundation

extension SyntheticModel {
  /// One tensor of the checkpoint.
  struct Tensor {
    /// Its name in the transformers library.
    let name: String
    /// [output, input], or [c].
    let shape: [Int]
    /// The mean of its weights.
    let mean: Float
    /// Their deviation.
    let deviation: Float

    /// How it is stored.
    var storage = Storage.floats

    /// Its entries; of packed ones, the weights.
    var count: Int { shape.reduce(1, *) * (storage == .packed ? 4 : 1) }
  }

  /// How a tensor is stored.
  enum Storage {
    /// Numbers in the model's format.
    case floats
    /// Ternary weights, four to a byte.
    case packed
    /// One number in binary32, the mean.
    case scale
  }

  /// All tensors, in the order of the file; of a ternary model every projection packed, with its scale behind it.
  var tensors: [Tensor] {
    guard let ternary = configuration.ternaryFormat else { return floatTensors }
    return floatTensors.flatMap { tensor -> [Tensor] in
      guard tensor.name.hasSuffix("_proj.weight") else { return [tensor] }
      // A third of the weights is 0, so the deviation of t is sqrt(2 / 3).
      let unit = tensor.deviation * Float(1.5).squareRoot()
      return [
        Tensor(
          name: tensor.name, shape: [tensor.shape[0] / 4, tensor.shape[1]], mean: 0, deviation: 1, storage: .packed),
        Tensor(
          name: tensor.name + "_scale", shape: [1], mean: ternary == .multiplying ? unit : 1 / unit, deviation: 0,
          storage: .scale),
      ]
    }
  }

  private var floatTensors: [Tensor] {
    let shape = configuration
    let (hidden, inner) = (shape.hiddenSize, shape.intermediateSize)
    let residual = 1 / Float(2 * shape.layerCount).squareRoot()
    func matrix(_ name: String, _ rows: Int, _ columns: Int, scale: Float = 1) -> Tensor {
      Tensor(name: name, shape: [rows, columns], mean: 0, deviation: scale / Float(columns).squareRoot())
    }
    func biases(_ layer: Int) -> [Tensor] {
      guard let lengths = shape.biasedProjections?.lengths(in: shape) else { return [] }
      return zip(["q", "k", "v", "o"], lengths.all).map { name, length in
        Tensor(
          name: "model.layers.\(layer).self_attn.\(name)_proj.bias", shape: [length], mean: 0,
          deviation: name == "o" ? residual : 1)
      }
    }
    func gains(_ name: String) -> Tensor { Tensor(name: name, shape: [hidden], mean: 1, deviation: 0.0625) }
    var tensors = [
      Tensor(
        name: "model.embed_tokens.weight", shape: [shape.vocabularySize, hidden], mean: 0,
        deviation: shape.tiesEmbeddings ? 1 / Float(hidden).squareRoot() : 1)
    ]
    for layer in 0..<shape.layerCount {
      func name(_ part: String) -> String { "model.layers.\(layer).\(part).weight" }
      tensors += [
        gains(name("input_layernorm")),
        matrix(name("self_attn.q_proj"), shape.queryChannels, hidden),
        matrix(name("self_attn.k_proj"), shape.keyValueChannels, hidden),
        matrix(name("self_attn.v_proj"), shape.keyValueChannels, hidden),
        matrix(name("self_attn.o_proj"), hidden, shape.queryChannels, scale: residual),
        gains(name("post_attention_layernorm")),
        matrix(name("mlp.gate_proj"), inner, hidden),
        matrix(name("mlp.up_proj"), inner, hidden),
        matrix(name("mlp.down_proj"), hidden, inner, scale: residual),
      ]
      tensors += biases(layer)
    }
    tensors.append(gains("model.norm.weight"))
    if !shape.tiesEmbeddings { tensors.append(matrix("lm_head.weight", shape.vocabularySize, hidden)) }
    return tensors
  }

  /// Bytes of all tensors.
  package var weightBytes: Int { tensors.reduce(0) { $0 + stored($1).length } }

  /// The type a tensor is stored in, and its bytes.
  private func stored(_ tensor: Tensor) -> (type: String, length: Int) {
    switch tensor.storage {
    case .floats: (format.rawValue, tensor.count * (format == .single ? 4 : 2))
    case .packed: ("U8", tensor.count / 4)
    case .scale: ("F32", 4)
    }
  }

  /// The length and the header of the safetensors file, padded with spaces to a multiple of 8.
  func header() -> Data {
    var (entries, offset) = ([String](), 0)
    for tensor in tensors {
      let (type, length) = stored(tensor)
      let end = offset + length
      entries.append(
        "\"\(tensor.name)\":{\"dtype\":\"\(type)\",\"shape\":\(tensor.shape),\"data_offsets\":[\(offset),\(end)]}"
      )
      offset = end
    }
    var text = Data("{\(entries.joined(separator: ","))}".utf8)
    while text.count % 8 != 0 { text.append(UInt8(ascii: " ")) }
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Data($0) } + text
  }

  /// config.json: of a Qwen2 if query, key and value alone have biases, else of a LLaMA.
  func configurationJSON() throws -> Data {
    let shape = configuration
    let family: ModelFamily = shape.biasedProjections == .queryKeyValue ? .qwen2 : .llama
    var fields: [String: Any] = [
      "architectures": [family.architecture], "model_type": family.rawValue, "hidden_act": "silu",
      "hidden_size": shape.hiddenSize, "intermediate_size": shape.intermediateSize,
      "num_hidden_layers": shape.layerCount, "num_attention_heads": shape.attentionHeads,
      "num_key_value_heads": shape.keyValueHeads, "head_dim": shape.headDimension,
      "vocab_size": shape.vocabularySize, "max_position_embeddings": shape.maximumPositions,
      "rms_norm_eps": shape.normEpsilon, "rope_theta": shape.rotaryTheta,
      "tie_word_embeddings": shape.tiesEmbeddings, "attention_bias": shape.biasedProjections == .all,
      "mlp_bias": false,
      "torch_dtype": format == .single ? "float32" : "bfloat16", "eos_token_id": shape.endTokens,
    ]
    fields["bos_token_id"] = shape.beginningToken
    if let ternary = shape.ternaryFormat {
      fields["quantization_config"] =
        [
          "quant_method": "bitnet", "linear_class": ternary == .multiplying ? "autobitlinear" : "bitlinear",
          "quantization_mode": "offline", "modules_to_not_convert": ["lm_head"],
        ] as [String: Any]
    }
    if let scaling = shape.rotaryScaling {
      fields["rope_scaling"] = [
        "rope_type": "llama3", "factor": scaling.factor, "low_freq_factor": scaling.lowFrequencyFactor,
        "high_freq_factor": scaling.highFrequencyFactor,
        "original_max_position_embeddings": scaling.originalPositions,
      ]
    }
    return try JSONSerialization.data(withJSONObject: fields, options: [.prettyPrinted, .sortedKeys])
  }

  /// tokenizer.json: the special tokens where the configuration has them, all bytes at the first free ids, then pairs and
  /// triples of printable characters, until the vocabulary is full or they are used up.
  func tokenizerJSON() throws -> Data {
    let specials = Set(configuration.endTokens + [configuration.beginningToken].compactMap { $0 }).sorted()
    let free = (0..<configuration.vocabularySize).lazy.filter { !specials.contains($0) }
    var vocabulary: [String: Int] = [:]
    var merges: [[String]] = []
    for (index, token) in free.enumerated() {
      let parts = Self.parts(index)
      if parts.isEmpty { break }
      vocabulary[parts.joined()] = token
      if parts.count == 2 { merges.append(parts) }
    }
    let added = specials.map { token -> [String: Any] in
      let isBeginning = token == configuration.beginningToken
      return [
        "id": token, "content": isBeginning ? "<s>" : specials.count <= 2 ? "</s>" : "</s\(token)>", "special": true,
        "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
      ]
    }
    let byteLevel: [String: Any] = [
      "type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true,
    ]
    let file: [String: Any] = [
      "version": "1.0", "added_tokens": added, "pre_tokenizer": byteLevel, "decoder": byteLevel,
      "model": ["type": "BPE", "vocab": vocabulary, "merges": merges],
    ]
    return try JSONSerialization.data(withJSONObject: file, options: [.sortedKeys])
  }

  /// The symbols of the token at place `index`: one for a byte, two for a pair or a triple; none beyond them.
  private static func parts(_ index: Int) -> [String] {
    func symbol(_ printable: Int) -> String { ByteSymbols.text([UInt8(32 + printable)]) }
    if index < 256 { return [ByteSymbols.text([UInt8(index)])] }
    let pairs = 95 * 95
    let place = index - 256
    if place < pairs { return [symbol(place / 95), symbol(place % 95)] }
    let triple = place - pairs
    if triple >= 95 * pairs { return [] }
    let pair = triple / 95
    return [symbol(pair / 95) + symbol(pair % 95), symbol(triple % 95)]
  }
}

extension SyntheticModel {
  /// Shapes worth measuring, by the name a user gives: `stories15m`, `gpt124m`, and one layer of LLaMA 3 8B as
  /// `llama3-8b-layer`.
  package static var knownShapes: [String: ModelConfiguration] {
    [
      "stories15m": ModelConfiguration(
        hiddenSize: 288, intermediateSize: 768, layerCount: 6, attentionHeads: 6, keyValueHeads: 6, headDimension: 48,
        vocabularySize: 32000, maximumPositions: 256, normEpsilon: 1e-5, rotaryTheta: 10000, tiesEmbeddings: true,
        beginningToken: 1, endTokens: [2]),
      "gpt124m": ModelConfiguration(
        hiddenSize: 768, intermediateSize: 2048, layerCount: 12, attentionHeads: 12, keyValueHeads: 4,
        headDimension: 64, vocabularySize: 32000, maximumPositions: 2048, normEpsilon: 1e-5, rotaryTheta: 10000,
        tiesEmbeddings: false, beginningToken: 1, endTokens: [2]),
      "llama3-8b-layer": ModelConfiguration(
        hiddenSize: 4096, intermediateSize: 14336, layerCount: 1, attentionHeads: 32, keyValueHeads: 8,
        headDimension: 128, vocabularySize: 128_256, maximumPositions: 8192, normEpsilon: 1e-5, rotaryTheta: 500_000,
        tiesEmbeddings: false, beginningToken: 128_000, endTokens: [128_001]),
    ]
  }
}
