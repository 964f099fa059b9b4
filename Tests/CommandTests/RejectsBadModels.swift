import Foundation
import Testing

@Suite("Rejects: models that setup must not accept") struct RejectsBadModels {
  /// Expects that `setup` refuses a copy of the model after `change`, and writes nothing.
  private func expectRefusal(
    _ status: Int32, mentions: [String], maxTokens: Int = 64, sourceLocation: SourceLocation = #_sourceLocation,
    after change: (URL) throws -> Void
  ) throws {
    let workspace = try Workspace()
    let model = try workspace.copyOfModel()
    try change(model)
    try CommandTests.expectRefusal(
      ["setup", "--model", model.path, "--max-tokens", "\(maxTokens)", "--out", workspace.path("keys")], status,
      mentions: mentions, sourceLocation: sourceLocation)
    #expect(try workspace.names() == ["model"], sourceLocation: sourceLocation)
  }

  /// Replaces fields of config.json; nil removes one.
  private func configure(_ model: URL, _ fields: [String: Any?]) throws {
    let file = model.appendingPathComponent("config.json")
    var object = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    for (field, value) in fields { object[field] = value }
    try JSONSerialization.data(withJSONObject: object).write(to: file)
  }

  /// Changes the header of the weights file, as JSON, keeping its data.
  private func rewriteHeader(_ model: URL, _ change: (inout [String: [String: Any]]) throws -> Void) throws {
    let file = model.appendingPathComponent("model.safetensors")
    let data = try Data(contentsOf: file)
    let length = data.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
    let object = try JSONSerialization.jsonObject(with: data[8..<8 + length])
    var header = try #require(object as? [String: [String: Any]])
    try change(&header)
    let encoded = try JSONSerialization.data(withJSONObject: header)
    let prefix = (0..<8).map { UInt8(truncatingIfNeeded: encoded.count >> (8 * $0)) }
    try (Data(prefix) + encoded + data[(8 + length)...]).write(to: file)
  }

  /// Overwrites bytes of the weights file; a negative offset counts from the end.
  private func overwrite(_ model: URL, at offset: Int, _ bytes: [UInt8]) throws {
    let file = model.appendingPathComponent("model.safetensors")
    var data = try Data(contentsOf: file)
    let start = offset < 0 ? data.count + offset : offset
    data.replaceSubrange(start..<start + bytes.count, with: bytes)
    try data.write(to: file)
  }

  @Test("missing files", arguments: ["config.json", "model.safetensors", "tokenizer.json"])
  func missing(file: String) throws {
    try expectRefusal(66, mentions: [file, "no such file"]) {
      try FileManager.default.removeItem(at: $0.appendingPathComponent(file))
    }
  }

  @Test("a folder or a file that is not there, a file that is no GGUF, a tokenizer that is no byte-level BPE")
  func otherFiles() throws {
    let workspace = try Workspace()
    let text = try workspace.write("no model", to: "model.bin")
    let arguments = ["--max-tokens", "64", "--out", workspace.path("keys")]
    try CommandTests.expectRefusal(["setup", "--model", text] + arguments, 65, mentions: ["model.bin", "GGUF"])
    try CommandTests.expectRefusal(
      ["setup", "--model", workspace.path("none")] + arguments, 66, mentions: ["none", "no such folder or file"])
    #expect(try workspace.names() == ["model.bin"])
    try expectRefusal(65, mentions: ["tokenizer.model", "byte-level BPE"]) {
      let json = $0.appendingPathComponent("tokenizer.json")
      try FileManager.default.moveItem(at: json, to: $0.appendingPathComponent("tokenizer.model"))
    }
  }

  @Test("calibration texts: tokens outside the vocabulary, files that are no token ids") func calibration() throws {
    let workspace = try Workspace()
    for (contents, mention) in [("[1, 512]", "512"), ("{\"text\": 1}", "text.json"), ("[]x", "text.json")] {
      let text = try workspace.write(contents, to: "text.json")
      try CommandTests.expectRefusal(
        [
          "setup", "--model", Model.folder.path, "--max-tokens", "64", "--calibration", text, "--out",
          workspace.path("keys"),
        ], 65, mentions: [mention])
    }
    #expect(try workspace.names() == ["text.json"])
  }

  @Test("files that are not JSON", arguments: ["config.json", "tokenizer.json"])
  func notJSON(file: String) throws {
    try expectRefusal(65, mentions: [file]) { try Data("{".utf8).write(to: $0.appendingPathComponent(file)) }
  }

  @Test("configurations") func configurations() throws {
    try expectRefusal(65, mentions: ["config.json", "hidden_size"]) { try configure($0, ["hidden_size": nil as Any?]) }
    try expectRefusal(65, mentions: ["config.json", "hidden_size"]) { try configure($0, ["hidden_size": "64"]) }
    try expectRefusal(65, mentions: ["num_hidden_layers"]) { try configure($0, ["num_hidden_layers": -1]) }
    try expectRefusal(65, mentions: ["mistral", "llama"]) { try configure($0, ["model_type": "mistral"]) }
    try expectRefusal(65, mentions: ["LlamaForCausalLM"]) { try configure($0, ["architectures": ["GPT2LMHeadModel"]]) }
    try expectRefusal(65, mentions: ["hidden_act"]) { try configure($0, ["hidden_act": "gelu"]) }
    try expectRefusal(65, mentions: ["q_proj", "expected"]) { try configure($0, ["num_attention_heads": 4]) }
  }

  @Test("texts longer than the model was trained for") func tooManyPositions() throws {
    try expectRefusal(65, mentions: ["256"], maxTokens: 257) { _ in }
  }

  @Test("safetensors: structure") func structure() throws {
    try expectRefusal(65, mentions: ["model.safetensors"]) {
      try overwrite($0, at: 0, [255, 255, 255, 255, 255, 255, 255, 255])
    }
    try expectRefusal(65, mentions: ["model.safetensors"]) { try overwrite($0, at: 0, [0, 0, 0, 0, 1, 0, 0, 0]) }
    try expectRefusal(65, mentions: ["model.safetensors"]) {
      try Data([1, 2, 3]).write(to: $0.appendingPathComponent("model.safetensors"))
    }
    try expectRefusal(65, mentions: ["model.safetensors"]) { model in
      let file = model.appendingPathComponent("model.safetensors")
      try Data(contentsOf: file).dropLast(16).write(to: file)
    }
    try expectRefusal(65, mentions: ["model.safetensors"]) { model in
      let file = model.appendingPathComponent("model.safetensors")
      try (Data(contentsOf: file) + Data([0])).write(to: file)
    }
  }

  @Test("safetensors: tensors") func tensors() throws {
    let (gain, weight) = ("model.norm.weight", "model.layers.3.mlp.up_proj.weight")
    try expectRefusal(65, mentions: ["model.safetensors", weight]) { model in
      try rewriteHeader(model) {
        let tensor = $0.removeValue(forKey: weight)
        $0["another.weight"] = tensor
      }
    }
    try expectRefusal(65, mentions: ["up_proj.weight", "overlaps"]) { model in
      try rewriteHeader(model) {
        let other = $0["model.layers.2.mlp.up_proj.weight"]
        $0[weight]?["data_offsets"] = other?["data_offsets"]
      }
    }
    try expectRefusal(65, mentions: [gain]) { model in
      try rewriteHeader(model) { $0[gain]?["data_offsets"] = [1 << 40, (1 << 40) + 256] }
    }
    try expectRefusal(65, mentions: [gain]) { model in
      try rewriteHeader(model) { $0[gain]?["data_offsets"] = [-256, 0] }
    }
    try expectRefusal(65, mentions: [gain, "I64"]) { model in
      try rewriteHeader(model) {
        $0[gain]?["dtype"] = "I64"
        $0[gain]?["shape"] = [32]
      }
    }
    try expectRefusal(65, mentions: [weight, "172"]) { model in
      try rewriteHeader(model) { $0[weight]?["shape"] = [64, 172] }
    }
  }

  @Test(
    "safetensors: values that are no numbers", arguments: [[0, 0, 192, 127], [0, 0, 128, 127], [0, 0, 128, 255]])
  func notFinite(bytes: [UInt8]) throws {
    try expectRefusal(65, mentions: ["model.safetensors", "finite"]) { try overwrite($0, at: -4, bytes) }
  }

  @Test("folders that cannot be made, files that cannot be written") func output() throws {
    let workspace = try Workspace()
    let file = try workspace.write("", to: "file")
    let setup = ["setup", "--model", Model.folder.path, "--max-tokens", "64", "--out"]
    try CommandTests.expectRefusal(setup + [file + "/keys"], 73, mentions: ["file/keys"])
    try CommandTests.expectRefusal(setup + ["/dev/null"], 73, mentions: ["/dev/null"])
    let limited = try Program.runShell(
      "ulimit -f 8; exec $0 setup --model \"$1\" --max-tokens 64 --out \"$2\"",
      [Model.folder.path, workspace.path("keys")])
    #expect(limited.status == 74 && limited.errors.contains("keys/"), "\(limited)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: workspace.path("keys")).isEmpty)
  }
}
