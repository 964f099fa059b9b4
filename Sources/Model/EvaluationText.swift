// Fields are named as in the files.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

package import Foundation

/// Tokens to measure a model on, and logits to compare it with if the file has some.
///
/// A file is an array of ids; or an object with `tokens` and optionally `context`, the length of a window, and
/// `perplexity`, what another program measured on them; or with `prompts`, each with `prompt_ids`, the `final_logits`
/// that another program computed behind them and optionally the `greedy_ids` it went on with; or with all.
package struct EvaluationText: Equatable, Sendable {
  /// A text, the logits of another program after its last token, and that program's greedy continuation.
  package struct Reference: Equatable, Sendable {
    /// At least one.
    package let tokens: [Int]
    /// [v]
    package let logits: [Double]
    /// The continuation, possibly empty.
    package let greedyTokens: [Int]

    /// Takes all as they are.
    package init(tokens: [Int], logits: [Double], greedyTokens: [Int] = []) {
      self.tokens = tokens
      self.logits = logits
      self.greedyTokens = greedyTokens
    }
  }

  private struct File: Decodable {
    struct Prompt: Decodable {
      let prompt_ids: [Int]
      let final_logits: [Double]
      let greedy_ids: [Int]?
    }

    let tokens: [Int]?
    let context: Int?
    let perplexity: Double?
    let prompts: [Prompt]?

    init(from decoder: any Decoder) throws {
      do {
        var list = try decoder.unkeyedContainer()
        var ids: [Int] = []
        while !list.isAtEnd { ids.append(try list.decode(Int.self)) }
        (tokens, context, perplexity, prompts) = (ids, nil, nil, nil)
      } catch DecodingError.typeMismatch(_, let description) where description.codingPath.isEmpty {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        tokens = try fields.decodeIfPresent([Int].self, forKey: .tokens)
        context = try fields.decodeIfPresent(Int.self, forKey: .context)
        perplexity = try fields.decodeIfPresent(Double.self, forKey: .perplexity)
        prompts = try fields.decodeIfPresent([Prompt].self, forKey: .prompts)
      }
    }

    enum CodingKeys: CodingKey {
      case tokens
      case context
      case perplexity
      case prompts
    }
  }

  /// The text, possibly empty if there are references.
  package let tokens: [Int]
  /// Tokens of one window, at least 2; nil for as many as the model has positions.
  package let context: Int?
  /// The perplexity that another program measured on windows of this length, positive, if the file says so.
  package let knownPerplexity: Double?
  /// Texts with logits.
  package let references: [Reference]

  /// Takes tokens as they are; `context` is at least 2.
  package init(
    tokens: [Int], context: Int? = nil, knownPerplexity: Double? = nil, references: [Reference] = []
  ) {
    precondition(context ?? 2 >= 2, "A window predicts at least one token.")
    self.tokens = tokens
    self.context = context
    self.knownPerplexity = knownPerplexity
    self.references = references
  }

  /// The same text in windows of another length, about which nothing is known.
  package func windows(of context: Int) -> EvaluationText {
    context == self.context ? self : EvaluationText(tokens: tokens, context: context, references: references)
  }

  /// The same text with the references of another one.
  package func compared(with other: EvaluationText) -> EvaluationText {
    EvaluationText(
      tokens: tokens, context: context, knownPerplexity: knownPerplexity, references: references + other.references)
  }

  /// The windows of a model with so many positions: one behind the other, the last one shorter, without a last one of a
  /// single token, which predicts nothing.
  package func windows(positions: Int) -> [[Int]] {
    let length = max(context ?? positions, 2)
    return stride(from: 0, to: tokens.count - 1, by: length)
      .map { Array(tokens[$0..<min($0 + length, tokens.count)]) }
      .filter { $0.count >= 2 }
  }

  /// Reads a file; throws `unreadableFile` or `malformedField`.
  package init(file url: URL) throws {
    try self.init(json: readFile(url), file: url.lastPathComponent)
  }

  /// Parses the bytes of a file called `file` in messages; throws `malformedField`.
  package init(json: Data, file: String) throws {
    let raw = try decodeJSON(File.self, from: json, file: file)
    func malformed(_ field: String, _ expected: String) -> ModelError {
      .malformedField(file: file, field: field, expected: expected)
    }
    guard raw.context ?? 2 >= 2 else { throw malformed("context", "at least 2") }
    let perplexity = raw.perplexity
    guard perplexity ?? 1 > 0, perplexity?.isFinite ?? true else { throw malformed("perplexity", "a positive number") }
    guard raw.tokens != nil || raw.prompts != nil else { throw malformed("tokens", "an array of token ids") }
    for (index, prompt) in (raw.prompts ?? []).enumerated() {
      guard prompt.final_logits.allSatisfy({ $0.isFinite }) else {
        throw malformed("prompts.[\(index)].final_logits", "finite numbers")
      }
    }
    self.init(
      tokens: raw.tokens ?? [], context: raw.context, knownPerplexity: perplexity,
      references: (raw.prompts ?? []).map {
        Reference(tokens: $0.prompt_ids, logits: $0.final_logits, greedyTokens: $0.greedy_ids ?? [])
      })
  }
}
