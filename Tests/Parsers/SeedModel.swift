import Foundation

/// Models and tokenizers as small as they can be.
enum SeedModel {
  /// A model of one layer, one head of two channels and two tokens.
  static let configuration =
    "{\"architectures\":[\"LlamaForCausalLM\"],\"model_type\":\"llama\",\"hidden_act\":\"silu\",\"hidden_size\":2,"
    + "\"intermediate_size\":2,\"num_hidden_layers\":1,\"num_attention_heads\":1,\"num_key_value_heads\":1,"
    + "\"vocab_size\":2,\"max_position_embeddings\":4,\"rms_norm_eps\":1e-5,\"rope_theta\":10000.0,"
    + "\"bos_token_id\":0,\"eos_token_id\":[0,1],\"tie_word_embeddings\":false}"

  /// That one, one with stretched frequencies, one of ternary weights, one with a window.
  static let configurations: [String] = {
    func extended(_ configuration: String, _ fields: String) -> String { "\(configuration.dropLast()),\(fields)}" }
    let stretched =
      "\"rope_scaling\":{\"rope_type\":\"llama3\",\"factor\":8.0,\"low_freq_factor\":1.0,"
      + "\"high_freq_factor\":4.0,\"original_max_position_embeddings\":8192}"
    let ternary =
      "\"quantization_config\":{\"quant_method\":\"bitnet\",\"linear_class\":\"autobitlinear\","
      + "\"quantization_mode\":\"offline\",\"modules_to_not_convert\":[\"lm_head\"]}"
    let mistral = configuration.replacing("LlamaFor", with: "MistralFor").replacing("\"llama\"", with: "\"mistral\"")
    return [
      configuration, extended(configuration, stretched), extended(configuration, ternary),
      extended(mistral, "\"sliding_window\":2,\"head_dim\":2"),
    ]
  }()

  /// All tensors of the model, by rows and columns; no columns for vectors.
  static let tensors: [(name: String, shape: [Int])] = {
    var tensors: [(name: String, shape: [Int])] = [
      ("lm_head.weight", [2, 2]), ("model.embed_tokens.weight", [2, 2]), ("model.norm.weight", [2]),
      ("model.layers.0.input_layernorm.weight", [2]), ("model.layers.0.post_attention_layernorm.weight", [2]),
    ]
    for name in ["self_attn.q", "self_attn.k", "self_attn.v", "self_attn.o", "mlp.gate", "mlp.up", "mlp.down"] {
      tensors.append(("model.layers.0.\(name)_proj.weight", [2, 2]))
    }
    return tensors
  }()

  /// A file of tensors in BF16, all entries 1 or -0.5.
  static func safetensors(_ tensors: [(name: String, shape: [Int])]) -> [UInt8] {
    var (entries, data) = ([String](), [UInt8]())
    for tensor in tensors {
      let (start, count) = (data.count, tensor.shape.reduce(1, *))
      for index in 0..<count { data += index % 2 == 0 ? [0x80, 0x3f] : [0, 0xbf] }
      entries.append(
        "\"\(tensor.name)\":{\"dtype\":\"BF16\",\"shape\":\(tensor.shape),\"data_offsets\":[\(start),\(data.count)]}")
    }
    let header = Array("{\(entries.joined(separator: ","))}".utf8)
    return Seed.integer(UInt64(header.count)) + header + data
  }

  /// Spaces are marked, bytes have no tokens.
  static let characterTokenizer =
    "{\"added_tokens\":[{\"id\":0,\"content\":\"<s>\",\"normalized\":false}],\"pre_tokenizer\":{\"type\":\"Metaspace\","
    + "\"replacement\":\"\u{2581}\",\"prepend_scheme\":\"first\",\"split\":false},\"post_processor\":{\"type\":"
    + "\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"<s>\"}},{\"Sequence\":{\"id\":\"A\"}}],"
    + "\"special_tokens\":{\"<s>\":{\"ids\":[0]}}},\"decoder\":{\"type\":\"Sequence\",\"decoders\":[{\"type\":"
    + "\"Replace\",\"pattern\":{\"String\":\"\u{2581}\"},\"content\":\" \"},{\"type\":\"ByteFallback\"},{\"type\":"
    + "\"Fuse\"},{\"type\":\"Strip\",\"content\":\" \",\"start\":1,\"stop\":0}]},\"model\":{\"type\":\"BPE\","
    + "\"unk_token\":\"<u>\",\"fuse_unk\":true,\"vocab\":{\"<u>\":1,\"A\":2,\"b\":3,\"Ab\":4,\"\u{2581}\":5},"
    + "\"merges\":[\"A b\"]}}"

  /// The printable symbol of every byte, in the order of bytes.
  private static let symbols: [String] = {
    var (symbols, next) = ([String](), UInt32(256))
    for byte in UInt8.min...UInt8.max {
      let isPrintable = (33...126).contains(byte) || (161...172).contains(byte) || byte >= 174
      let scalar = isPrintable ? Unicode.Scalar(byte) : Unicode.Scalar(next) ?? "?"
      if !isPrintable { next += 1 }
      symbols.append(String(Character(scalar)))
    }
    return symbols
  }()

  /// Bytes are tokens, words are cut as GPT-2 does.
  static let byteTokenizer: [UInt8] = {
    let escaped = symbols.map { $0 == "\"" || $0 == "\\" ? "\\" + $0 : $0 }
    let vocabulary = escaped.enumerated().map { "\"\($1)\":\($0)" }.joined(separator: ",")
    return Array(
      ("{\"added_tokens\":[{\"id\":257,\"content\":\"<s>\",\"special\":true}],\"normalizer\":{\"type\":\"NFC\"},"
        + "\"pre_tokenizer\":{\"type\":\"ByteLevel\",\"add_prefix_space\":false,\"use_regex\":true},\"decoder\":{"
        + "\"type\":\"ByteLevel\"},\"model\":{\"type\":\"BPE\",\"ignore_merges\":true,\"vocab\":{\(vocabulary),"
        + "\"12\":256},\"merges\":[[\"1\",\"2\"]]}}").utf8)
  }()

  /// A model with its tokenizer: hidden size 2, one layer, tied embeddings of 258 tokens.
  static let gguf: [UInt8] = {
    func text(_ text: String) -> [UInt8] { Seed.prefixed(Array(text.utf8)) }
    func entry(_ key: String, _ type: UInt32, _ value: [UInt8]) -> [UInt8] { text(key) + Seed.integer(type) + value }
    func number(_ key: String, _ value: Int) -> [UInt8] { entry(key, 4, Seed.counts([value])) }
    func texts(_ key: String, _ values: [String]) -> [UInt8] {
      entry(key, 9, Seed.integer(UInt32(8)) + Seed.integer(UInt64(values.count)) + values.flatMap { text($0) })
    }
    let metadata: [[UInt8]] = [
      entry("general.architecture", 8, text("llama")), number("llama.embedding_length", 2),
      number("llama.block_count", 1), number("llama.feed_forward_length", 2), number("llama.attention.head_count", 1),
      number("llama.context_length", 4),
      entry("llama.attention.layer_norm_rms_epsilon", 6, Seed.integer(Float(1e-5).bitPattern)),
      entry("tokenizer.ggml.model", 8, text("gpt2")), entry("tokenizer.ggml.pre", 8, text("gpt-2")),
      texts("tokenizer.ggml.tokens", symbols + ["12", "<s>"]), texts("tokenizer.ggml.merges", ["1 2"]),
      number("tokenizer.ggml.bos_token_id", 257), entry("tokenizer.ggml.add_bos_token", 7, [1]),
    ]
    let names = ["attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"]
    var tensors: [(name: String, shape: [Int])] = [("token_embd.weight", [2, 258]), ("output_norm.weight", [2])]
    for name in ["attn_norm", "ffn_norm"] { tensors.append(("blk.0.\(name).weight", [2])) }
    for name in names { tensors.append(("blk.0.\(name).weight", [2, 2])) }
    var (header, data) = (Array("GGUF".utf8) + Seed.counts([3]), [UInt8]())
    header += Seed.integer(UInt64(tensors.count)) + Seed.integer(UInt64(metadata.count)) + metadata.joined()
    for (index, tensor) in tensors.enumerated() {
      header += text(tensor.name) + Seed.counts([tensor.shape.count])
      header += tensor.shape.flatMap { Seed.integer(UInt64($0)) }
      // Binary16, every entry 1.
      header += Seed.integer(UInt32(1)) + Seed.integer(UInt64(data.count))
      for _ in 0..<tensor.shape.reduce(1, *) { data += [0, 0x3c] }
      if index < tensors.count - 1 { data += [UInt8](repeating: 0, count: (32 - data.count % 32) % 32) }
    }
    return header + [UInt8](repeating: 0, count: (32 - header.count % 32) % 32) + data
  }()
}
