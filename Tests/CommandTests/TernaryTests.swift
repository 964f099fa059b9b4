import Foundation
import Testing

/// The same commands on a model of ternary weights.
@Suite("ternary models", .serialized) struct TernaryTests {
  private static let model = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "ModelTests/Vectors/tiny-ternary").path

  @Test("setup, generate, prove, verify, inspect: the reference's tokens, proved")
  func endToEnd() throws {
    let workspace = try Workspace()
    let (keys, proof) = (workspace.path("keys"), workspace.path("proof"))
    let setup = try Program.run(
      ["setup", "--model", Self.model, "--max-tokens", "32", "--out", keys, "--public-model", "--json"])
    #expect(setup.status == 0, "\(setup)")
    let identifier = try #require(try setup.object()["model_id"] as? String)

    let reference = try JSONSerialization.jsonObject(
      with: Data(contentsOf: URL(filePath: Self.model).appending(path: "reference.json")))
    let prompts = try #require((reference as? [String: Any])?["prompts"] as? [[String: Any]])
    let prompt = try #require(prompts.first)
    let (ids, known) = (try #require(prompt["prompt_ids"] as? [Int]), try #require(prompt["greedy_ids"] as? [Int]))
    let list = ids.map(String.init).joined(separator: ",")
    let generated = try Program.run(
      ["generate", "--keys", keys, "--prompt-ids", list, "--max-new-tokens", "6", "--json"])
    #expect(try generated.object()["output_ids"] as? [Int] == Array(known.prefix(6)))

    let proved = try Program.run(
      ["prove", "--keys", keys, "--prompt-ids", list, "--max-new-tokens", "6", "--proof", proof, "--json"])
    #expect(proved.status == 0, "\(proved)")
    #expect(try proved.object()["output_ids"] as? [Int] == Array(known.prefix(6)))
    let arguments = ["verify", "--verifier-key", keys + "/verifier.key", "--model-id", identifier, "--proof"]
    let verified = try Program.run(arguments + [proof, "--prompt-ids", list, "--max-new-tokens", "6", "--json"])
    #expect(verified.status == 0, "\(verified)")
    #expect(try verified.object()["complete"] as? Bool == true)
    #expect(try verified.object()["output_ids"] as? [Int] == Array(known.prefix(6)))

    var damaged = try Data(contentsOf: URL(fileURLWithPath: proof))
    damaged[damaged.count / 3] ^= 1
    let other = workspace.path("damaged")
    try damaged.write(to: URL(fileURLWithPath: other))
    #expect(try Program.run(arguments + [other]).status == 1)
    #expect(
      try Program.run(["verify", "--verifier-key", SharedKeys.path() + "/verifier.key", "--proof", proof]).status == 1)
  }

  @Test("Rejects: a quantisation nobody knows, by name, exit code 65 and nothing written")
  func unknownQuantization() throws {
    let workspace = try Workspace()
    let model = workspace.path("model")
    try FileManager.default.copyItem(atPath: Self.model, toPath: model)
    let file = URL(filePath: model).appending(path: "config.json")
    let text = try String(contentsOf: file, encoding: .utf8)
    try FileManager.default.removeItem(at: file)
    try Data(text.replacingOccurrences(of: "\"offline\"", with: "\"online\"").utf8).write(to: file)
    let keys = workspace.path("keys")
    try expectRefusal(
      ["setup", "--model", model, "--max-tokens", "16", "--out", keys], 65, mentions: ["online", "autobitlinear"])
    #expect(!FileManager.default.fileExists(atPath: keys))
  }
}
