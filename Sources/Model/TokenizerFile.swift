// Fields are named as in the files.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

/// The fields of tokenizer.json that matter, named as in the file.
struct TokenizerFile: Decodable {
  struct AddedToken: Decodable {
    let id: Int
    let content: String
    let single_word: Bool?
    let lstrip: Bool?
    let rstrip: Bool?
    let normalized: Bool?
  }

  struct Stage: Decodable {
    struct Pattern: Decodable {
      let Regex: String?
    }

    let type: String
    let add_prefix_space: Bool?
    let use_regex: Bool?
    let individual_digits: Bool?
    let pattern: Pattern?
    let behavior: String?
    let invert: Bool?
    let pretokenizers: [Stage]?
  }

  struct PostProcessor: Decodable {
    struct Item: Decodable {
      struct Identifier: Decodable { let id: String }
      let SpecialToken: Identifier?
      let Sequence: Identifier?
    }
    struct SpecialToken: Decodable { let ids: [Int] }

    let type: String
    let single: [Item]?
    let special_tokens: [String: SpecialToken]?
    let processors: [PostProcessor]?
  }

  struct Named: Decodable {
    let type: String
  }

  struct Model: Decodable {
    /// A merge, written "a b" or ["a", "b"].
    struct Merge: Decodable {
      let parts: [String]

      init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        do {
          let text = try value.decode(String.self)
          parts = text.split(separator: " ", omittingEmptySubsequences: false).map { String($0) }
        } catch DecodingError.typeMismatch {
          parts = try value.decode([String].self)
        }
      }
    }

    let type: String?
    let dropout: Double?
    let continuing_subword_prefix: String?
    let end_of_word_suffix: String?
    let byte_fallback: Bool?
    let ignore_merges: Bool?
    let vocab: [String: Int]
    let merges: [Merge]
  }

  let added_tokens: [AddedToken]?
  let normalizer: Named?
  let pre_tokenizer: Stage?
  let post_processor: PostProcessor?
  let decoder: Named?
  let model: Model
}

extension TokenizerFile {
  /// Throws `unsupported` for every feature this version lacks, before anything is built.
  func refuseUnsupported(file: String) throws {
    func refuse(_ wrong: Bool, _ feature: String, _ expected: String) throws {
      if wrong { throw ModelError.unsupported(file: file, feature: feature, expected: expected) }
    }
    try refuse(model.type != nil && model.type != "BPE", "model type \(model.type ?? "")", "BPE")
    try refuse(model.byte_fallback == true, "byte_fallback", "byte-level BPE")
    try refuse((model.dropout ?? 0) != 0, "dropout", "null")
    try refuse(!(model.continuing_subword_prefix ?? "").isEmpty, "continuing_subword_prefix", "null")
    try refuse(!(model.end_of_word_suffix ?? "").isEmpty, "end_of_word_suffix", "null")
    try refuse(normalizer != nil, "normalizer \(normalizer?.type ?? "")", "null")
    try refuse(decoder != nil && decoder?.type != "ByteLevel", "decoder \(decoder?.type ?? "")", "ByteLevel")
    for token in added_tokens ?? [] {
      let stripped = token.lstrip == true || token.rstrip == true || token.single_word == true
      try refuse(stripped, "lstrip, rstrip or single_word of \(token.content)", "false")
      try refuse(token.content.isEmpty || token.id < 0, "the added token \(token.id)", "a text and an id")
    }
  }

  /// The stages that cut words; throws `unsupported`.
  func pretokenizers(file: String) throws -> [Pretokenizer] {
    guard let stage = pre_tokenizer else {
      throw ModelError.unsupported(file: file, feature: "no pre_tokenizer", expected: "ByteLevel")
    }
    let stages = stage.type == "Sequence" ? stage.pretokenizers ?? [] : [stage]
    guard stages.last?.type == "ByteLevel" else {
      throw ModelError.unsupported(
        file: file, feature: "pre_tokenizer \(stage.type)", expected: "ByteLevel as the last")
    }
    return try stages.compactMap { try Self.pretokenizer($0, file: file) }
  }

  private static func pretokenizer(_ stage: Stage, file: String) throws -> Pretokenizer? {
    func unsupported(_ feature: String, _ expected: String) -> ModelError {
      .unsupported(file: file, feature: feature, expected: expected)
    }
    switch stage.type {
    case "ByteLevel":
      if stage.add_prefix_space != false { throw unsupported("add_prefix_space", "false") }
      return stage.use_regex ?? true ? .gpt2 : nil
    case "Digits":
      if stage.individual_digits != true { throw unsupported("Digits in groups", "individual_digits") }
      return .digits
    case "Split":
      guard stage.behavior == "Isolated", stage.invert != true else {
        throw unsupported("Split \(stage.behavior ?? "")", "Isolated, not inverted")
      }
      switch stage.pattern?.Regex {
      case Pretokenizer.gpt2Expression: return .gpt2
      case Pretokenizer.llama3Expression: return .llama3
      default: throw unsupported("a Split pattern", "the regular expression of GPT-2 or LLaMA 3")
      }
    default:
      throw unsupported("pre_tokenizer \(stage.type)", "ByteLevel, Digits or Split")
    }
  }

  /// Tokens the post-processor puts in front; throws `unsupported` if it puts some behind, `malformedField` otherwise.
  func prefix(file: String) throws -> [Int] {
    guard let post_processor else { return [] }
    let stages = post_processor.type == "Sequence" ? post_processor.processors ?? [] : [post_processor]
    var prefix: [Int] = []
    for stage in stages where stage.type != "ByteLevel" {
      guard stage.type == "TemplateProcessing" else {
        throw ModelError.unsupported(
          file: file, feature: "post_processor \(stage.type)", expected: "TemplateProcessing")
      }
      var items = stage.single ?? []
      guard items.popLast()?.Sequence?.id == "A" else {
        throw ModelError.unsupported(file: file, feature: "a template that ends with a token", expected: "text last")
      }
      prefix =
        try items.flatMap { item in
          guard let name = item.SpecialToken?.id, let ids = stage.special_tokens?[name]?.ids else {
            throw ModelError.malformedField(
              file: file, field: "post_processor.single", expected: "special tokens, then the text")
          }
          return ids
        } + prefix
    }
    return prefix
  }

  /// Every token's bytes; throws `malformedField` for a symbol that stands for no byte. Special tokens that are in the
  /// vocabulary but written with other symbols are left to `added_tokens`.
  func vocabulary(file: String) throws -> [[UInt8]: Int] {
    let added = Set((added_tokens ?? []).map { $0.id })
    var vocabulary: [[UInt8]: Int] = [:]
    for (text, token) in model.vocab {
      if added.contains(token) { continue }
      guard let bytes = ByteSymbols.bytes(text), !bytes.isEmpty, (0..<1 << 24).contains(token) else {
        throw ModelError.malformedField(file: file, field: "model.vocab.\(text)", expected: "byte symbols and an id")
      }
      vocabulary[bytes] = token
    }
    return vocabulary
  }

  /// Merges and byte tokens; throws `malformedField` for a merge of unknown tokens, `unsupported` if a byte has no token.
  func encoding(_ vocabulary: [[UInt8]: Int], file: String) throws -> BytePairEncoding {
    let byteTokens = try (0..<256).map { byte -> Int32 in
      guard let token = vocabulary[[UInt8(byte)]] else {
        throw ModelError.unsupported(file: file, feature: "no token for byte \(byte)", expected: "byte-level BPE")
      }
      return Int32(token)
    }
    var merges: [BytePairEncoding.Pair: BytePairEncoding.Merge] = [:]
    for (rank, merge) in model.merges.enumerated() {
      guard merge.parts.count == 2, let left = ByteSymbols.bytes(merge.parts[0]),
        let right = ByteSymbols.bytes(merge.parts[1]), let leftToken = vocabulary[left],
        let rightToken = vocabulary[right], let token = vocabulary[left + right]
      else {
        throw ModelError.malformedField(
          file: file, field: "model.merges.[\(rank)]", expected: "two tokens whose union is a token")
      }
      merges[BytePairEncoding.Pair(left: Int32(leftToken), right: Int32(rightToken))] =
        BytePairEncoding.Merge(rank: Int32(rank), token: Int32(token))
    }
    return BytePairEncoding(byteTokens: byteTokens, merges: merges)
  }
}

/// GPT-2's way of writing bytes as printable characters: a printable byte of Latin-1 is itself, the others follow
/// from U+0100 on.
enum ByteSymbols {
  private static let byteOfScalar: [UInt32: UInt8] = {
    var table: [UInt32: UInt8] = [:]
    var next: UInt32 = 256
    for byte in UInt8.min...UInt8.max {
      switch byte {
      case 33...126, 161...172, 174...255: table[UInt32(byte)] = byte
      default:
        table[next] = byte
        next += 1
      }
    }
    return table
  }()

  private static let scalarOfByte: [UInt8: Unicode.Scalar] = {
    var table: [UInt8: Unicode.Scalar] = [:]
    for (scalar, byte) in byteOfScalar { table[byte] = Unicode.Scalar(scalar) }
    return table
  }()

  /// How `bytes` are written.
  static func text(_ bytes: some Sequence<UInt8>) -> String {
    var text = String.UnicodeScalarView()
    for byte in bytes {
      guard let scalar = scalarOfByte[byte] else { preconditionFailure("every byte has a symbol") }
      text.append(scalar)
    }
    return String(text)
  }

  /// The bytes that `text` stands for, or nil if a character stands for none.
  static func bytes(_ text: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = byteOfScalar[scalar.value] else { return nil }
      bytes.append(byte)
    }
    return bytes
  }
}
