import Foundation
import Testing

@Suite("plan") struct PlanTests {
  /// Configurations as published, by name.
  private static func published() throws -> [(name: String, config: [String: Any])] {
    let file = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appending(path: "ModelTests/Vectors/configurations.json")
    let json = try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any]
    return try #require(json?["models"] as? [[String: Any]]).map {
      (try #require($0["name"] as? String), try #require($0["config"] as? [String: Any]))
    }
  }

  private func plan(_ config: String, _ options: String...) throws -> [String: Any] {
    let outcome = try Program.run(["plan", "--config", config, "--json"] + options)
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
    return try outcome.object()
  }

  /// The plan of a published configuration, checked for what holds of every plan.
  private func check(_ name: String, maxTokens: Int) throws -> [String: Any] {
    let workspace = try Workspace()
    let config = try #require(try Self.published().first { $0.name == name }).config
    let file = workspace.folder.appendingPathComponent("config.json")
    try JSONSerialization.data(withJSONObject: config).write(to: file)
    let report = try plan(file.path, "--max-tokens", "\(maxTokens)")
    let layers = try #require(config["num_hidden_layers"] as? Int)
    #expect(report["layers"] as? Int == layers && report["steps"] as? Int == layers + 3)
    let kinds = try #require(report["kinds"] as? [[String: Any]])
    #expect(kinds.compactMap { $0["name"] as? String } == ["embedding", "layer", "head", "final"])
    let (chunkLog, rowLog) = (report["chunk_log"] as? Int ?? 0, report["row_log"] as? Int ?? 0)
    let chunks = try #require(report["chunks"] as? [Int])
    for kind in kinds {
      let entries = try #require(kind["entries"] as? [Int])
      let weights = try #require(kind["weights"] as? Int)
      #expect(entries[2] >= weights && entries[2] <= 4 * weights)
      #expect(zip(entries, chunks).allSatisfy { $0 <= $1 << chunkLog })
      #expect(try #require(kind["rows"] as? Int) <= 1 << rowLog)
    }
    for command in ["setup", "prove", "verify"] {
      let cost = try #require(report[command] as? [String: Any])
      #expect(cost["processor_seconds"] as? Double ?? 0 > 0 && cost["memory_bytes"] as? Int ?? 0 > 1 << 20)
    }
    return report
  }

  @Test("KnownAnswer: what is planned for the bundled model is what setup made") func bundled() throws {
    let config = Model.folder.appendingPathComponent("config.json").path
    let report = try plan(config, "--max-tokens", "64")
    let keys = try Program.run(["inspect", "--keys", SharedKeys.path(), "--json"]).object()
    for field in ["chunk_log", "chunks", "row_log", "layers", "max_tokens"] {
      #expect(report[field] as? NSObject == keys[field] as? NSObject, "\(field)")
    }
    let planned = try #require(report["kinds"] as? [[String: Any]])
    for (kind, made) in zip(planned, try #require(keys["kinds"] as? [[String: Any]])) {
      #expect(kind["name"] as? String == made["name"] as? String)
      let (entries, known) = (kind["entries"] as? [Int] ?? [], made["entries"] as? [Int] ?? [])
      #expect(entries.prefix(4) == known.prefix(4))
      // Only the widths of remainders depend on the weights.
      let (rows, knownRows) = (Double(kind["rows"] as? Int ?? 0), Double(made["rows"] as? Int ?? 1))
      #expect(abs(rows / knownRows - 1) < 0.01)
    }
    func size(_ name: String) throws -> Int {
      let attributes = try FileManager.default.attributesOfItem(atPath: SharedKeys.path() + "/" + name)
      return try #require(attributes[.size] as? Int)
    }
    let tokenizer = try Data(contentsOf: Model.folder.appendingPathComponent("tokenizer.json")).count
    let prover = try #require(report["prover_key_bytes"] as? Int)
    #expect(abs(prover + tokenizer - (try size("prover.key"))) < 8, "up to the padding before the weights")
    let verifier = try #require(report["verifier_key_bytes"] as? Int)
    #expect(abs(Double(verifier + tokenizer) / Double(try size("verifier.key")) - 1) < 0.001)
    let workspace = try Workspace()
    let proof = workspace.path("proof")
    let proved = try Program.run([
      "prove", "--keys", SharedKeys.path(), "--prompt-ids", "0", "--max-new-tokens", "1", "--proof", proof, "--json",
    ])
    let length = try #require(try proved.object()["proof_bytes"] as? Int)
    #expect(report["proof_bytes"] as? Int == length + 4 * 62, "62 tokens more than this text")
  }

  @Test("LLaMA 3 70B is planned without a byte of its weights") func llama3Seventy() throws {
    let report = try check("LLaMA 3 70B", maxTokens: 64)
    #expect(report["parameters"] as? Int == 70_553_706_496)
    #expect(report["steps"] as? Int == 83)
    #expect(try #require(report["prover_key_bytes"] as? Int) > 2 * 70_553_706_496 - 2 * 200_000_000)
  }

  @Test(
    "every published configuration (LAYERFOLD_LONG=1)",
    .enabled(if: ProcessInfo.processInfo.environment["LAYERFOLD_LONG"] == "1"))
  func allPublished() throws {
    for (name, _) in try Self.published() { _ = try check(name, maxTokens: 64) }
  }

  @Test("the text for people names machine, steps, chunks and files") func text() throws {
    let workspace = try Workspace()
    let model = try SyntheticFolder(in: workspace)
    let outcome = try Program.run([
      "plan", "--config", model.url.appendingPathComponent("config.json").path, "--max-tokens", "7",
    ])
    #expect(outcome.status == 0)
    for word in ["parameters", "8 positions", "chunks", "prover.key", "verifier.key", "proof", "memory", "measured on"]
    {
      #expect(outcome.output.contains(word), "\(word)")
    }
  }

  @Test("Rejects: what setup refuses, plan refuses by the same rule") func rejections() throws {
    let workspace = try Workspace()
    let model = try SyntheticFolder(in: workspace)
    let config = model.url.appendingPathComponent("config.json").path
    func refuse(_ mentions: [String], maxTokens: String = "7", _ options: [String] = []) throws {
      let sizes = ["--max-tokens", maxTokens] + options
      let planned = try Program.run(["plan", "--config", config] + sizes)
      let setup = try Program.run(["setup", "--model", model.url.path, "--out", workspace.path("keys")] + sizes)
      #expect(planned.status == 65 && setup.status == 65, "\(planned) \(setup)")
      // How many chunks there would be depends on the constants, which setup finds and plan assumes.
      func sentence(_ outcome: Program.Outcome) -> String {
        outcome.errors.split(separator: " ").filter { Int($0) ?? 0 <= 256 }.joined(separator: " ")
      }
      #expect(sentence(planned) == sentence(setup), "one rule, one sentence")
      for mention in mentions { #expect(planned.errors.contains(mention), "\(planned.errors)") }
    }
    try refuse(["128", "100"], maxTokens: "101")
    try refuse(["chunks", "256"], maxTokens: "64", ["--chunk-log", "10"])
    for (field, value) in [
      ("head_dim", 9), ("hidden_size", 0), ("vocab_size", 1 << 21), ("num_key_value_heads", 4),
    ] as [(String, Any)] {
      let known = SyntheticFolder.oddShape[field]
      try model.configure([field: value])
      try refuse([field])
      try model.configure([field: known])
    }
    try expectRefusal(
      ["plan", "--config", workspace.path("none.json"), "--max-tokens", "7"], 66, mentions: ["none.json"])
    try expectRefusal(["plan", "--config", config, "--max-tokens", "1"], 64, mentions: ["--max-tokens"])
    try expectRefusal(["plan", "--config", config, "--max-tokens", "7", "--chunk-log", "25"], 64, mentions: ["24"])
  }
}
