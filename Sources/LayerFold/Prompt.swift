/// What a model is asked to continue.
public enum Prompt: Hashable, Sendable {
  /// A text, which the model's tokenizer turns into tokens, a beginning token included if the tokenizer adds one.
  case text(String)
  /// Token ids, taken as they are.
  case tokens([Int])
}

extension Prompt: ExpressibleByStringLiteral {
  /// A prompt from a text in the source.
  public init(stringLiteral text: String) { self = .text(text) }
}

/// One inference to prove: a prompt and the largest number of tokens to add.
public struct InferenceRequest: Hashable, Sendable {
  /// The prompt.
  public var prompt: Prompt
  /// New tokens at most, at least 1.
  public var maxNewTokens: Int
  /// Whether the proof says the prompt's salted digest and length only, not its tokens.
  public var isPromptPrivate: Bool

  /// A request for at most `maxNewTokens` tokens behind `prompt`.
  public init(prompt: Prompt, maxNewTokens: Int, isPromptPrivate: Bool = false) {
    self.prompt = prompt
    self.maxNewTokens = maxNewTokens
    self.isPromptPrivate = isPromptPrivate
  }
}

/// A greedy continuation computed without a proof.
public struct Continuation: Equatable, Sendable {
  /// The prompt's tokens, at least 1.
  public let promptTokens: [Int]
  /// The new tokens, at least 1; a stop token, if one occurs, is the last.
  public let outputTokens: [Int]
  /// The text of the new tokens.
  public let text: String
  /// The real logits, one for each vocabulary entry, from which the last new token was chosen.
  public let finalLogits: [Double]
}
