// Fields are named as in the files.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import Foundation

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

  /// A normalizer, a pre-tokenizer or a decoder.
  struct Stage: Decodable {
    struct Pattern: Decodable {
      let Regex: String?
      let String: String?
    }

    let type: String
    let add_prefix_space: Bool?
    let use_regex: Bool?
    let individual_digits: Bool?
    let pattern: Pattern?
    let behavior: String?
    let invert: Bool?
    let prepend: String?
    let content: String?
    let replacement: String?
    let prepend_scheme: String?
    let split: Bool?
    let start: Int?
    let stop: Int?
    let pretokenizers: [Stage]?
    let normalizers: [Stage]?
    let decoders: [Stage]?
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
    let unk_token: String?
    let fuse_unk: Bool?
    let byte_fallback: Bool?
    let ignore_merges: Bool?
    let vocab: [String: Int]
    let merges: [Merge]
    /// Of the type SentencePiece, in place of these two: the text of every token, empty for one that is never used.
    let pieces: [String]?
    /// For every piece that pairs may merge to, its score; null for the others.
    let scores: [Double?]?
  }

  let added_tokens: [AddedToken]?
  let normalizer: Stage?
  let pre_tokenizer: Stage?
  let post_processor: PostProcessor?
  let decoder: Stage?
  let model: Model
}

extension TokenizerFile {
  /// What of a file is read when nothing else can be.
  private struct Kind: Decodable {
    struct Model: Decodable { let type: String? }
    let model: Model?
  }

  /// Parses a file; throws `malformedField`, or `unsupported` where a model of another type explains why that failed.
  static func read(_ json: Data, file: String) throws -> TokenizerFile {
    do {
      return try decodeJSON(TokenizerFile.self, from: json, file: file)
    } catch {
      let kind = Result { try decodeJSON(Kind.self, from: json, file: file) }
      if case .success(let kind) = kind, let type = kind.model?.type, type != "BPE", type != scoredType {
        throw ModelError.unsupported(file: file, feature: "model type \(type)", expected: "BPE")
      }
      throw error
    }
  }

  /// Throws `unsupported` for every feature this version lacks, before anything is built.
  func refuseUnsupported(file: String) throws {
    func refuse(_ wrong: Bool, _ feature: String, _ expected: String) throws {
      if wrong { throw ModelError.unsupported(file: file, feature: feature, expected: expected) }
    }
    let isScored = model.type == Self.scoredType
    try refuse(model.type != nil && model.type != "BPE" && !isScored, "model type \(model.type ?? "")", "BPE")
    try refuse((model.pieces != nil || model.scores != nil) != isScored, "pieces and scores", "both in SentencePiece")
    if isScored {
      let isWhole = marksSpaces && model.byte_fallback == true && model.vocab.isEmpty && model.merges.isEmpty
      try refuse(!isWhole, "SentencePiece", "marked spaces, byte_fallback, no vocab and no merges")
      try refuse(model.pieces?.count != model.scores?.count, "scores", "one for each piece, or null")
    }
    try refuse((model.dropout ?? 0) != 0, "dropout", "null")
    try refuse(!(model.continuing_subword_prefix ?? "").isEmpty, "continuing_subword_prefix", "null")
    try refuse(!(model.end_of_word_suffix ?? "").isEmpty, "end_of_word_suffix", "null")
    for token in added_tokens ?? [] {
      let stripped = token.lstrip == true || token.rstrip == true || token.single_word == true
      try refuse(stripped, "lstrip, rstrip or single_word of \(token.content)", "false")
      try refuse(
        marksSpaces && token.normalized == true, "normalized of \(token.content) where spaces are marked", "false")
      try refuse(
        token.content.isEmpty || !(0..<1 << 24).contains(token.id), "the added token \(token.id)",
        "a text and an id below 2^24")
    }
  }

  /// The stages that cut words, none where spaces are marked; throws `unsupported`.
  func pretokenizers(file: String) throws -> [Pretokenizer] {
    if marksSpaces { return [] }
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
      case Pretokenizer.qwen2Expression: return .qwen2
      default: throw unsupported("a Split pattern", "the regular expression of GPT-2, LLaMA 3 or Qwen2")
      }
    default:
      throw unsupported("pre_tokenizer \(stage.type)", "ByteLevel, Digits or Split")
    }
  }

  /// Tokens a post-processor puts in front at most: one token may stand for many, and a template may name it many times.
  private static let prefixLimit = 1024

  /// Tokens the post-processor puts in front; throws `unsupported` if it puts some behind, `malformedField` otherwise.
  func prefix(file: String) throws -> [Int] {
    guard let post_processor else { return [] }
    let stages = post_processor.type == "Sequence" ? post_processor.processors ?? [] : [post_processor]
    var prefix: [Int] = []
    func malformed(_ expected: String) -> ModelError {
      .malformedField(file: file, field: "post_processor.single", expected: expected)
    }
    for stage in stages where stage.type != "ByteLevel" {
      guard stage.type == "TemplateProcessing" else {
        throw ModelError.unsupported(
          file: file, feature: "post_processor \(stage.type)", expected: "TemplateProcessing")
      }
      var items = stage.single ?? []
      guard items.popLast()?.Sequence?.id == "A" else {
        throw ModelError.unsupported(file: file, feature: "a template that ends with a token", expected: "text last")
      }
      var added: [Int] = []
      for item in items {
        guard let name = item.SpecialToken?.id, let ids = stage.special_tokens?[name]?.ids else {
          throw malformed("special tokens, then the text")
        }
        added += ids
        if added.count + prefix.count > Self.prefixLimit {
          throw malformed("at most \(Self.prefixLimit) tokens before the text")
        }
      }
      prefix = added + prefix
    }
    return prefix
  }
}
