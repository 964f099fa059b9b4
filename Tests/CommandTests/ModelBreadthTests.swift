import Foundation
import Testing

@Suite("Models of many kinds, from setup to verify", .serialized) struct ModelBreadthTests {
  @Test("a Qwen2 with biases, of odd shape, tied, in shards, with a tensor that no LLaMA has")
  func oddTiedShardedQwen2() throws {
    let workspace = try Workspace()
    let model = try SyntheticFolder(
      [
        "model_type": "qwen2", "architectures": ["Qwen2ForCausalLM"], "use_sliding_window": false, "sliding_window": 16,
      ],
      in: workspace)
    let bias = "model.layers.1.self_attn.q_proj.bias"
    let tensors = try model.tensors()
    #expect(tensors.filter { $0.name.hasSuffix(".bias") }.count == 6 && tensors.contains { $0.name == bias })
    let extra = SyntheticFolder.Tensor(name: "visual.patch.weight", dtype: "BF16", shape: [60], bytes: Data(count: 120))
    try model.write(tensors + [extra], to: "model.safetensors")
    try model.shard(3)
    let report = try proveAndVerify(model: model.url.path, in: workspace)
    let warnings = try #require(report["warnings"] as? [String])
    #expect(warnings.count == 1 && warnings[0].contains("visual.patch.weight"))

    // Without one of its biases, or with one where a Qwen2 has none, it is no model.
    for (change, words) in [
      ({ $0.filter { $0.name != bias } }, [bias, "lacks"]),
      (
        { tensors in
          tensors + [
            SyntheticFolder.Tensor(
              name: "model.layers.1.mlp.up_proj.bias", dtype: "BF16", shape: [72], bytes: Data(count: 143) + [0x3f])
          ]
        }, ["model.layers.1.mlp.up_proj.bias", "bias that is not zero"]
      ),
    ] as [(([SyntheticFolder.Tensor]) -> [SyntheticFolder.Tensor], [String])] {
      try model.write(change(tensors), to: "model.safetensors")
      try expectRefusal(
        ["setup", "--model", model.url.path, "--max-tokens", "7", "--out", workspace.path("other")], 65,
        mentions: words)
    }
  }

  @Test("a GGUF file with weights in Q8_0, F16, BF16 and F32") func gguf() throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "ModelTests/Vectors/tiny.gguf")
    try proveAndVerify(model: file.path, in: Workspace())
  }

  @Test("outlier channels of thousands in the residual stream, a Mistral with a window")
  func outliersMistral() throws {
    let workspace = try Workspace()
    let model = try SyntheticFolder(
      ["tie_word_embeddings": false, "rope_scaling": nil, "vocab_size": 259], in: workspace, named: "model",
      "--outliers",
      "3000")
    try model.configure([
      "model_type": "mistral", "architectures": ["MistralForCausalLM"], "sliding_window": 32, "attention_bias": nil,
      "mlp_bias": nil,
    ])
    try proveAndVerify(model: model.url.path, in: workspace)
    // The prompt began with the beginning token: the large values were there, and held.
    let text = try workspace.write("[0, 77, 9, 30, 0, 5, 0, 8]", to: "text.json")
    let outcome = try Program.run([
      "evaluate", "--keys", workspace.path("keys"), "--tokens", text, "--model", model.url.path, "--json",
    ])
    let report = try outcome.object()
    let widths = try #require(report["headroom"] as? [[String: Any]])
    let output = try #require(widths.first { $0["tensor"] as? String == "output" && $0["layer"] as? Int == 0 })
    // 2000 at an exponent of 16 takes 27 bits and a sign.
    #expect(try #require(output["used"] as? Int) >= 28, "\(output)")
    let agreement = try #require(report["agreement"] as? [String: Any])
    #expect(try #require(agreement["mean_logit_error"] as? Double) < 0.05)
    // Positions beyond the window are not those of a LLaMA.
    try expectRefusal(
      ["setup", "--model", model.url.path, "--max-tokens", "33", "--out", workspace.path("other")], 65, mentions: ["32"]
    )
  }

  @Test(
    "each kind by itself (LAYERFOLD_LONG=1)",
    .enabled(if: ProcessInfo.processInfo.environment["LAYERFOLD_LONG"] == "1"),
    arguments: [
      ["vocab_size": 512, "hidden_size": 64, "head_dim": 8, "num_attention_heads": 8, "intermediate_size": 128],
      ["num_attention_heads": 7, "num_key_value_heads": 7, "head_dim": 2, "intermediate_size": 1],
      ["num_attention_heads": 5, "num_key_value_heads": 1, "head_dim": 6, "hidden_size": 33, "num_hidden_layers": 1],
      ["vocab_size": 4099, "hidden_size": 100, "intermediate_size": 300, "num_hidden_layers": 3],
    ])
  func shapes(fields: [String: Int]) throws {
    let workspace = try Workspace()
    try proveAndVerify(model: SyntheticFolder(fields, in: workspace).url.path, in: workspace)
  }
}
