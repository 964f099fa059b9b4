import Foundation
import Testing

/// A small model with random weights, made by the program, whose files may be changed.
struct SyntheticFolder {
  /// Three query heads to a key/value head and nothing a power of two; tied, with LLaMA 3's stretching.
  static var oddShape: [String: Any] {
    [
      "model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_act": "silu", "hidden_size": 40,
      "intermediate_size": 72, "num_hidden_layers": 2, "num_attention_heads": 6, "num_key_value_heads": 2,
      "head_dim": 10,
      "vocab_size": 301, "max_position_embeddings": 100, "rms_norm_eps": 1e-5, "rope_theta": 500000.0,
      "rope_scaling": [
        "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 64,
      ] as [String: Any], "tie_word_embeddings": true, "bos_token_id": 0, "eos_token_id": 1,
    ]
  }

  /// The model's folder.
  let url: URL

  /// Runs `synthesize` for the odd shape with other fields, in `workspace`; nil removes a field.
  init(_ fields: [String: Any?] = [:], in workspace: Workspace, named name: String = "model", _ options: String...)
    throws
  {
    var shape = Self.oddShape
    for (field, value) in fields { shape[field] = value }
    let config = workspace.folder.appendingPathComponent("\(name)-config.json")
    try JSONSerialization.data(withJSONObject: shape).write(to: config)
    url = workspace.folder.appendingPathComponent(name)
    let outcome = try Program.run(
      ["synthesize", "--config", config.path, "--seed", "7", "--out", url.path] + options)
    #expect(outcome.status == 0, "\(outcome)")
    try FileManager.default.removeItem(at: config)
  }

  /// Replaces fields of config.json; nil removes one.
  func configure(_ fields: [String: Any?]) throws {
    let file = url.appendingPathComponent("config.json")
    var object = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    for (field, value) in fields { object[field] = value }
    try JSONSerialization.data(withJSONObject: object).write(to: file)
  }

  /// One tensor: its header entry without the place, and its bytes.
  struct Tensor {
    let name: String
    let dtype: String
    let shape: [Int]
    let bytes: Data
  }

  /// All tensors of model.safetensors.
  func tensors() throws -> [Tensor] {
    let data = try Data(contentsOf: url.appendingPathComponent("model.safetensors"))
    let start = 8 + data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let json = try JSONSerialization.jsonObject(with: data[8..<start])
    let header = try #require(json as? [String: [String: Any]])
    return try header.sorted { $0.key < $1.key }.map { name, entry in
      let offsets = try #require(entry["data_offsets"] as? [Int])
      return Tensor(
        name: name, dtype: try #require(entry["dtype"] as? String), shape: try #require(entry["shape"] as? [Int]),
        bytes: data[start + offsets[0]..<start + offsets[1]])
    }
  }

  /// Writes a safetensors file into the folder.
  func write(_ tensors: [Tensor], to name: String) throws {
    var (header, data): ([String: Any], Data) = ([:], Data())
    for tensor in tensors {
      header[tensor.name] = [
        "dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": [data.count, data.count + tensor.bytes.count],
      ]
      data += tensor.bytes
    }
    let encoded = try JSONSerialization.data(withJSONObject: header)
    let length = Data((0..<8).map { UInt8(truncatingIfNeeded: encoded.count >> (8 * $0)) })
    try (length + encoded + data).write(to: url.appendingPathComponent(name))
  }

  /// Deals all tensors to `count` files with an index, in place of model.safetensors.
  func shard(_ count: Int) throws {
    let tensors = try tensors()
    try FileManager.default.removeItem(at: url.appendingPathComponent("model.safetensors"))
    var places: [String: String] = [:]
    for shard in 0..<count {
      let name = String(format: "model-%05d-of-%05d.safetensors", shard + 1, count)
      let part = tensors.enumerated().filter { $0.offset % count == shard }.map(\.element)
      for tensor in part { places[tensor.name] = name }
      try write(part, to: name)
    }
    try JSONSerialization.data(withJSONObject: ["metadata": [:], "weight_map": places])
      .write(to: url.appendingPathComponent("model.safetensors.index.json"))
  }
}

/// Sets up a model, proves a short text and verifies it; what `setup` printed.
@discardableResult
func proveAndVerify(
  model: String, in workspace: Workspace, sourceLocation: SourceLocation = #_sourceLocation
) throws -> [String: Any] {
  let (keys, proof) = (workspace.path("keys"), workspace.path("answer.proof"))
  let setup = try Program.run(["setup", "--model", model, "--max-tokens", "7", "--out", keys, "--json"])
  #expect(setup.status == 0, "\(setup)", sourceLocation: sourceLocation)
  let prompt = ["--prompt-ids", "0,77,9", "--max-new-tokens", "4"]
  let proved = try Program.run(["prove", "--keys", keys, "--proof", proof, "--json"] + prompt)
  #expect(proved.status == 0, "\(proved)", sourceLocation: sourceLocation)
  let identifier = try #require(try setup.object()["model_id"] as? String)
  let verified = try Program.run(
    ["verify", "--verifier-key", keys + "/verifier.key", "--proof", proof, "--model-id", identifier, "--json"] + prompt)
  #expect(verified.status == 0, "\(verified)", sourceLocation: sourceLocation)
  let verdict = try verified.object()
  #expect(verdict["valid"] as? Bool == true && verdict["prompts_checked"] as? Bool == true)
  let generated = try Program.run(["generate", "--keys", keys, "--json"] + prompt)
  #expect(try generated.object()["output_ids"] as? [Int] == verdict["output_ids"] as? [Int])
  #expect((verdict["output_ids"] as? [Int])?.isEmpty == false)
  return try setup.object()
}
