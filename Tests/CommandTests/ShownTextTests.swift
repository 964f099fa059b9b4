import Foundation
import Testing

@Suite("what verify shows") struct ShownTextTests {
  @Test("Laws: a text gives the terminal no commands: control and format characters are shown as escapes, on one line")
  func controlCharacters() throws {
    let workspace = try Workspace()
    let model = try SyntheticFolder(["tie_word_embeddings": false], in: workspace).url
    let (keys, proof) = (workspace.path("keys"), workspace.path("answer.proof"))
    let prompt = ["--prompt-ids", "0,77,9", "--max-new-tokens", "6"]
    func setup() throws {
      let outcome = try Program.run(["setup", "--model", model.path, "--max-tokens", "10", "--out", keys])
      try #require(outcome.status == 0, "\(outcome)")
    }
    try setup()
    let generated = try Program.run(["generate", "--keys", keys, "--json"] + prompt)
    let tokens = try #require(try generated.object()["output_ids"] as? [Int])
    try FileManager.default.removeItem(atPath: keys)

    // The bytes of the right-to-left override, of an escape and of a line feed, by their symbols in a vocabulary of bytes, become
    // the tokens that the model says, in the order in which it says them.
    let file = model.appendingPathComponent("tokenizer.json")
    var tokenizer = try #require(try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    var part = try #require(tokenizer["model"] as? [String: Any])
    var vocabulary = try #require(part["vocab"] as? [String: Int])
    var said: [Int] = []
    for token in tokens where !said.contains(token) { said.append(token) }
    try #require(said.count >= 5 && Array(tokens.prefix(4)) == Array(said.prefix(4)), "\(tokens)")
    for (symbol, token) in zip(["\u{e2}", "\u{122}", "\u{ae}", "\u{11b}", "\u{10a}"], said) {
      let other = try #require(vocabulary.first { $0.value == token }?.key)
      vocabulary[other] = vocabulary[symbol]
      vocabulary[symbol] = token
    }
    part["vocab"] = vocabulary
    tokenizer["model"] = part
    try JSONSerialization.data(withJSONObject: tokenizer).write(to: file)
    try setup()

    let proved = try Program.run(["prove", "--keys", keys, "--proof", proof] + prompt)
    try #require(proved.status == 0, "\(proved)")
    let verified = try Program.run(["verify", "--verifier-key", keys + "/verifier.key", "--proof", proof])
    try #require(verified.status == 0, "\(verified)")
    let shown = verified.output
    #expect(shown.contains("continued greedily by: \\u{202e}\\u{1b}"), "\(shown.debugDescription)")
    #expect(shown.contains("\\n"))
    let raw = shown.unicodeScalars.filter { scalar in
      scalar != "\n" && [.control, .format, .lineSeparator].contains(scalar.properties.generalCategory)
    }
    #expect(raw.isEmpty)
    // Model, prompt, text, completeness, verdict.
    #expect(shown.split(separator: "\n").count == 5, "\(shown.debugDescription)")
  }
}
