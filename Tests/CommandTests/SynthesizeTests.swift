import Foundation
import Testing

@Suite("synthesize") struct SynthesizeTests {
  @Test("Laws: the same seed gives the same files, another seed other weights; a text comes back") func determinism()
    throws
  {
    let workspace = try Workspace()
    let names = ["config.json", "model.safetensors", "tokenizer.json"]
    let models = try ["a", "b"].map { try SyntheticFolder(in: workspace, named: $0).url }
    #expect(try FileManager.default.contentsOfDirectory(atPath: models[0].path).sorted() == names)
    func contents(_ folder: URL) throws -> [Data] {
      try names.map { try Data(contentsOf: folder.appendingPathComponent($0)) }
    }
    #expect(try contents(models[0]) == contents(models[1]))
    let other = workspace.folder.appendingPathComponent("c")
    let outcome = try Program.run([
      "synthesize", "--config", models[0].appendingPathComponent("config.json").path, "--seed", "18446744073709551615",
      "--out", other.path, "--json",
    ])
    #expect(try outcome.object()["weight_bytes"] as? Int == 2 * 42_320)
    let (first, third) = (try contents(models[0]), try contents(other))
    #expect(first[0] == third[0] && first[1] != third[1] && first[2] == third[2])
    #expect(try workspace.names() == ["a", "b", "c"], "no drafts are left")
  }

  @Test("Rejects: shapes that cannot be, folders that hold something, and leaves nothing") func rejections() throws {
    let workspace = try Workspace()
    func refuse(_ status: Int32, _ fields: [String: Any?], _ mentions: [String], _ options: String...) throws {
      var shape = SyntheticFolder.oddShape
      for (field, value) in fields { shape[field] = value }
      let config = workspace.folder.appendingPathComponent("config.json")
      try JSONSerialization.data(withJSONObject: shape).write(to: config)
      try expectRefusal(
        ["synthesize", "--config", config.path, "--seed", "1", "--out", workspace.path("model")] + options, status,
        mentions: mentions)
      #expect(try workspace.names() == ["config.json"])
    }
    try refuse(65, ["vocab_size": 257], ["vocab_size", "258"])
    try refuse(65, ["model_type": "gemma"], ["gemma", "llama"])
    try refuse(65, ["hidden_size": nil], ["hidden_size"])
    let unknown = ["quant_method": "awq"]
    try refuse(65, ["quantization_config": unknown], ["quantization_config"])
    try refuse(64, [:], ["--outliers"], "--outliers", "0")
    try refuse(64, [:], ["--outliers"], "--outliers", "nan")
    let config = workspace.path("config.json")
    func write(_ arguments: String...) -> [String] { ["synthesize", "--config", config] + arguments }
    try expectRefusal(write("--seed", "-1", "--out", workspace.path("model")), 64, mentions: ["seed"])
    try expectRefusal(write("--seed", "1", "--out", workspace.folder.path), 73, mentions: ["not empty"])
    try expectRefusal(write("--seed", "1", "--out", config), 73, mentions: ["config.json"])
    try expectRefusal(write("--seed", "1", "--out", "/no/such/folder/model"), 73, mentions: ["/no/such/folder"])
    let limited = try Program.runShell(
      "ulimit -f 8; exec $0 synthesize --config \"$1\" --seed 1 --out \"$2\"", [config, workspace.path("model")])
    #expect(limited.status == 73, "\(limited)")
    #expect(try workspace.names() == ["config.json"])
    try expectRefusal(
      ["synthesize", "--config", workspace.path("no.json"), "--seed", "1", "--out", workspace.path("model")], 66,
      mentions: ["no.json"])
  }
}
