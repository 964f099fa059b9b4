package import Foundation

extension GGUFModel {
  /// The file's tokenizer as the bytes of a tokenizer.json; throws `malformedField`, or `unsupported` unless it is a
  /// byte-level BPE (`gpt2`) whose words are cut as GPT-2, LLaMA 3, Qwen2 or SmolLM do, or one of SentencePiece (`llama`).
  package func tokenizerJSON() throws -> Data {
    guard case .text(let model) = file.metadata["tokenizer.ggml.model"] else {
      throw file.malformed("tokenizer.ggml.model", "a string")
    }
    if try truth("tokenizer.ggml.add_eos_token") == true {
      throw file.unsupported("tokenizer.ggml.add_eos_token", "no token behind texts")
    }
    switch model {
    case "gpt2": return try byteLevelJSON()
    case "llama": return try sentencePieceJSON()
    default:
      throw file.unsupported(
        "tokenizer.ggml.model \(model)", "gpt2, a byte-level BPE, or llama, a SentencePiece one")
    }
  }

  private func byteLevelJSON() throws -> Data {
    guard case .text(let words) = file.metadata["tokenizer.ggml.pre"] else {
      throw file.malformed("tokenizer.ggml.pre", "a string")
    }
    let (preTokenizer, isLlama3) = try preTokenizer(words)
    let (tokens, types) = try typedTokens()
    let merges = try strings("tokenizer.ggml.merges")
    var vocabulary: [String: Int] = [:]
    for (token, text) in tokens.enumerated() where types[token] == Self.normal { vocabulary[text] = token }
    var fields: [String: Any] = [
      "version": "1.0", "added_tokens": added(tokens, types, [Self.control, Self.userDefined]),
      "pre_tokenizer": preTokenizer, "decoder": ["type": "ByteLevel"],
      "model": ["type": "BPE", "vocab": vocabulary, "merges": merges, "ignore_merges": isLlama3] as [String: Any],
    ]
    if words == "qwen2" { fields["normalizer"] = ["type": "NFC"] }
    fields["post_processor"] = try template(isDefault: isLlama3, tokens: tokens)
    return try JSONSerialization.data(withJSONObject: fields, options: [.sortedKeys])
  }

  // The numbers of token types.
  static let normal = 1
  static let unknown = 2
  static let control = 3
  static let userDefined = 4
  static let byte = 6

  /// The tokens' texts, all different, with their types.
  func typedTokens() throws -> (texts: [String], types: [Int]) {
    let tokens = try strings("tokenizer.ggml.tokens")
    // Compared by bytes: two ways to write one accented letter are two tokens.
    let isDistinct = Set(tokens.map { Array($0.utf8) }).count == tokens.count
    guard tokens.count <= configuration.vocabularySize, isDistinct else {
      throw file.malformed("tokenizer.ggml.tokens", "different tokens, at most \(configuration.vocabularySize)")
    }
    return (tokens, try tokenTypes(count: tokens.count))
  }

  /// The tokens of some types as added tokens.
  func added(_ tokens: [String], _ types: [Int], _ chosen: Set<Int>) -> [[String: Any]] {
    tokens.indices.filter { chosen.contains(types[$0]) }.map { token in
      [
        "id": token, "content": tokens[token], "special": types[token] != Self.userDefined, "single_word": false,
        "lstrip": false, "rstrip": false, "normalized": false,
      ]
    }
  }

  /// The stage that puts the beginning token before a text, if the file asks for it.
  func template(isDefault: Bool, tokens: [String]) throws -> [String: Any]? {
    guard let beginning = try beginning(isDefault: isDefault, tokens: tokens.count) else { return nil }
    return [
      "type": "TemplateProcessing",
      "single": [
        ["SpecialToken": ["id": tokens[beginning], "type_id": 0]], ["Sequence": ["id": "A", "type_id": 0]],
      ],
      "special_tokens": [tokens[beginning]: ["id": tokens[beginning], "ids": [beginning]] as [String: Any]],
    ]
  }

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

  /// The token to put before a text, if the file asks for one, or does not say and such files do by default.
  private func beginning(isDefault: Bool, tokens: Int) throws -> Int? {
    let isAsked = try truth("tokenizer.ggml.add_bos_token") ?? isDefault
    if !isAsked { return nil }
    guard let token = configuration.beginningToken, token < tokens else {
      throw file.malformed("tokenizer.ggml.bos_token_id", "the token that add_bos_token asks for")
    }
    return token
  }

  /// True or false, or nil where the file does not say.
  func truth(_ key: String) throws -> Bool? {
    switch file.metadata[key] {
    case nil: return nil
    case .truth(let value): return value
    default: throw file.malformed(key, "true or false")
    }
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
