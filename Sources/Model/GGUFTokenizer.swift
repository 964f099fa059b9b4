package import Foundation

extension GGUFModel {
  /// The file's tokenizer as the bytes of a tokenizer.json; throws `malformedField`, or `unsupported` unless it is a
  /// byte-level BPE (`gpt2`) whose words are cut as GPT-2, LLaMA 3, Qwen2 or SmolLM do.
  package func tokenizerJSON() throws -> Data {
    guard case .text(let model) = file.metadata["tokenizer.ggml.model"] else {
      throw file.malformed("tokenizer.ggml.model", "a string")
    }
    if model != "gpt2" { throw file.unsupported("tokenizer.ggml.model \(model)", "gpt2, a byte-level BPE") }
    guard case .text(let words) = file.metadata["tokenizer.ggml.pre"] else {
      throw file.malformed("tokenizer.ggml.pre", "a string")
    }
    let (preTokenizer, isLlama3) = try preTokenizer(words)
    let tokens = try strings("tokenizer.ggml.tokens")
    let merges = try strings("tokenizer.ggml.merges")
    guard tokens.count <= configuration.vocabularySize, Set(tokens).count == tokens.count else {
      throw file.malformed("tokenizer.ggml.tokens", "different tokens, at most \(configuration.vocabularySize)")
    }
    let types = try tokenTypes(count: tokens.count)
    var vocabulary: [String: Int] = [:]
    var added: [[String: Any]] = []
    for (token, text) in tokens.enumerated() {
      switch types[token] {
      case Self.normal: vocabulary[text] = token
      case Self.control, Self.userDefined:
        added.append([
          "id": token, "content": text, "special": types[token] == Self.control, "single_word": false,
          "lstrip": false, "rstrip": false, "normalized": false,
        ])
      default: break
      }
    }
    var fields: [String: Any] = [
      "version": "1.0", "added_tokens": added, "pre_tokenizer": preTokenizer, "decoder": ["type": "ByteLevel"],
      "model": ["type": "BPE", "vocab": vocabulary, "merges": merges, "ignore_merges": isLlama3] as [String: Any],
    ]
    if words == "qwen2" { fields["normalizer"] = ["type": "NFC"] }
    if let beginning = try beginning(isLlama3: isLlama3, tokens: tokens.count) {
      fields["post_processor"] =
        [
          "type": "TemplateProcessing",
          "single": [
            ["SpecialToken": ["id": tokens[beginning], "type_id": 0]], ["Sequence": ["id": "A", "type_id": 0]],
          ],
          "special_tokens": [tokens[beginning]: ["id": tokens[beginning], "ids": [beginning]] as [String: Any]],
        ] as [String: Any]
    }
    return try JSONSerialization.data(withJSONObject: fields, options: [.sortedKeys])
  }

  // The numbers of token types.
  private static let normal = 1
  private static let control = 3
  private static let userDefined = 4

  private func preTokenizer(_ words: String) throws -> (stage: [String: Any], isLlama3: Bool) {
    func byteLevel(cutsWords: Bool) -> [String: Any] {
      ["type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": cutsWords]
    }
    func sequence(_ first: [String: Any], cutsWords: Bool) -> [String: Any] {
      ["type": "Sequence", "pretokenizers": [first, byteLevel(cutsWords: cutsWords)]]
    }
    func cut(_ expression: String) -> [String: Any] {
      ["type": "Split", "pattern": ["Regex": expression], "behavior": "Isolated", "invert": false]
    }
    switch words {
    case "gpt-2": return (byteLevel(cutsWords: true), false)
    case "smollm": return (sequence(["type": "Digits", "individual_digits": true], cutsWords: true), false)
    case "llama-bpe", "llama3", "llama-v3":
      return (sequence(cut(Pretokenizer.llama3Expression), cutsWords: false), true)
    case "qwen2": return (sequence(cut(Pretokenizer.qwen2Expression), cutsWords: false), false)
    default: throw file.unsupported("tokenizer.ggml.pre \(words)", "gpt-2, smollm, llama-bpe or qwen2")
    }
  }

  /// The token to put before a text, if the file asks for one; LLaMA 3 does where the file does not say.
  private func beginning(isLlama3: Bool, tokens: Int) throws -> Int? {
    let isAsked: Bool
    switch file.metadata["tokenizer.ggml.add_bos_token"] {
    case nil: isAsked = isLlama3
    case .truth(let value): isAsked = value
    default: throw file.malformed("tokenizer.ggml.add_bos_token", "true or false")
    }
    if !isAsked { return nil }
    guard let token = configuration.beginningToken, token < tokens else {
      throw file.malformed("tokenizer.ggml.bos_token_id", "the token that add_bos_token asks for")
    }
    return token
  }

  private func strings(_ key: String) throws -> [String] {
    guard case .array(let values) = file.metadata[key] else { throw file.malformed(key, "an array of strings") }
    return try values.map { value in
      guard case .text(let text) = value else { throw file.malformed(key, "an array of strings") }
      return text
    }
  }

  private func tokenTypes(count: Int) throws -> [Int] {
    let key = "tokenizer.ggml.token_type"
    guard let value = file.metadata[key] else { return Array(repeating: Self.normal, count: count) }
    guard case .array(let values) = value, values.count == count else {
      throw file.malformed(key, "an integer for each token")
    }
    return try values.map { value in
      guard case .integer(let type) = value else { throw file.malformed(key, "an integer for each token") }
      return type
    }
  }
}
