import Foundation
import Testing

@Suite("generate") struct GenerateTests {
  /// What the float library generated, from the model's reference file.
  struct Reference: Decodable {
    struct Entry: Decodable {
      let promptIds: [Int]
      let promptText: String
      let greedyIds: [Int]
      let greedyMargins: [Double]
      let finalLogits: [Double]
    }

    let prompts: [Entry]

    static func load() throws -> [Entry] {
      let file = Bundle.module.bundleURL.appendingPathComponent("Vectors/reference.json")
      let decoder = JSONDecoder()
      decoder.keyDecodingStrategy = .convertFromSnakeCase
      return try decoder.decode(Reference.self, from: Data(contentsOf: file)).prompts
    }
  }

  @Test("KnownAnswer: the reference's greedy tokens, as far as its margins are clear")
  func greedyTokens() throws {
    let keys = try SharedKeys.path()
    for entry in try Reference.load() {
      let ids = entry.promptIds.map { "\($0)" }.joined(separator: ",")
      let outcome = try Program.run([
        "generate", "--keys", keys, "--prompt-ids", ids, "--max-new-tokens", "16", "--json",
      ])
      #expect(outcome.status == 0)
      let object = try outcome.object()
      #expect(Set(object.keys) == ["prompt_ids", "output_ids", "text"])
      #expect(object["prompt_ids"] as? [Int] == entry.promptIds)
      let output = try #require(object["output_ids"] as? [Int])
      let clear = entry.greedyMargins.firstIndex { $0 < 0.1 } ?? 16
      #expect(output.prefix(clear) == entry.greedyIds.prefix(clear))
    }
  }

  @Test("a text and its tokens are the same prompt, a file too")
  func promptForms() throws {
    let keys = try SharedKeys.path()
    let entry = try #require(try Reference.load().first)
    let workspace = try Workspace()
    let file = try workspace.write(entry.promptText, to: "prompt.txt")
    let ids = entry.promptIds.map { "\($0)" }.joined(separator: ",")
    let outcomes = try [["--prompt", entry.promptText], ["--prompt-ids", ids], ["--prompt-file", file]].map {
      try Program.run(["generate", "--keys", keys, "--max-new-tokens", "4", "--json"] + $0)
    }
    #expect(outcomes.allSatisfy { $0.status == 0 && $0.output == outcomes[0].output })
    let plain = try Program.run(["generate", "--keys", keys, "--max-new-tokens", "4", "--prompt", entry.promptText])
    #expect(plain.output == (try outcomes[0].object()["text"] as? String ?? "") + "\n")
  }

  @Test("--logits: one float for each vocabulary entry, whose largest is the last token")
  func logits() throws {
    let workspace = try Workspace()
    let path = workspace.path("logits.json")
    let outcome = try Program.run([
      "generate", "--keys", try SharedKeys.path(), "--prompt", "In the beginning", "--max-new-tokens", "3",
      "--logits", path, "--json",
    ])
    let logits = try JSONDecoder().decode([Double].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    #expect(logits.count == 512)
    let largest = try #require(logits.max())
    #expect((try outcome.object()["output_ids"] as? [Int])?.last == logits.firstIndex(of: largest))
    #expect(try workspace.names() == ["logits.json"], "no partial file is left")
  }
}
