// Fields are named as in the files.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

package import Foundation

/// Tokens to measure a model on, and logits to compare it with if the file has some.
///
/// A file is an array of ids; or an object with `tokens` and optionally `context`, the length of a window; or with
/// `prompts`, each with `prompt_ids` and the `final_logits` that another program computed behind them; or with all.
package struct EvaluationText: Equatable, Sendable {
  /// A text and the logits of another program after its last token.
  package struct Reference: Equatable, Sendable {
    /// At least one.
    package let tokens: [Int]
    /// [v]
    package let logits: [Double]

    /// Takes both as they are.
    package init(tokens: [Int], logits: [Double]) {
      self.tokens = tokens
      self.logits = logits
    }
  }

  private struct File: Decodable {
    struct Prompt: Decodable {
      let prompt_ids: [Int]
      let final_logits: [Double]
    }

    let tokens: [Int]?
    let context: Int?
    let prompts: [Prompt]?

    init(from decoder: any Decoder) throws {
      do {
        var list = try decoder.unkeyedContainer()
        var ids: [Int] = []
        while !list.isAtEnd { ids.append(try list.decode(Int.self)) }
        (tokens, context, prompts) = (ids, nil, nil)
      } catch DecodingError.typeMismatch(_, let description) where description.codingPath.isEmpty {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        tokens = try fields.decodeIfPresent([Int].self, forKey: .tokens)
        context = try fields.decodeIfPresent(Int.self, forKey: .context)
        prompts = try fields.decodeIfPresent([Prompt].self, forKey: .prompts)
      }
    }

    enum CodingKeys: CodingKey {
      case tokens
      case context
      case prompts
    }
  }

  /// The text, possibly empty if there are references.
  package let tokens: [Int]
  /// Tokens of one window, at least 2; nil for as many as the model has positions.
  package let context: Int?
  /// Texts with logits.
  package let references: [Reference]

  /// Takes tokens as they are; `context` is at least 2.
  package init(tokens: [Int], context: Int? = nil, references: [Reference] = []) {
    precondition(context ?? 2 >= 2, "A window predicts at least one token.")
    self.tokens = tokens
    self.context = context
    self.references = references
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
    guard raw.tokens != nil || raw.prompts != nil else { throw malformed("tokens", "an array of token ids") }
    for (index, prompt) in (raw.prompts ?? []).enumerated() {
      guard prompt.final_logits.allSatisfy({ $0.isFinite }) else {
        throw malformed("prompts.[\(index)].final_logits", "finite numbers")
      }
    }
    self.init(
      tokens: raw.tokens ?? [], context: raw.context,
      references: (raw.prompts ?? []).map { Reference(tokens: $0.prompt_ids, logits: $0.final_logits) })
  }
}
