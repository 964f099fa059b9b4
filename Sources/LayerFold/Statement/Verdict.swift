/// What a verifier has convinced itself of.
public struct Verdict: Sendable, Equatable {
  /// One proved text.
  public struct Inference: Sendable, Equatable {
    /// The prompt's tokens.
    public let promptTokens: [Int]
    /// The tokens that are the model's greedy continuation of the prompt.
    public let outputTokens: [Int]
    /// The text of the output tokens.
    public let text: String
    /// Whether generation ended by a stop token or with the number of tokens that was asked for; otherwise the text is a
    /// prefix of what the model would have said.
    public let isComplete: Bool
  }

  /// The model that produced the texts.
  public let modelIdentifier: ModelIdentifier
  /// The texts, in the order in which they were proved.
  public let inferences: [Inference]
  /// The number of steps that were folded.
  public let steps: Int
}

/// What a caller demands of a proof beyond being valid.
public struct ExpectedStatement: Sendable, Equatable {
  /// The model that must have produced the texts, or nil to accept any under the key.
  public var modelIdentifier: ModelIdentifier?
  /// The prompts of all inferences in order, or nil to accept any.
  public var prompts: [Prompt]?

  /// Demands; without any, the caller must look at the verdict.
  public init(modelIdentifier: ModelIdentifier? = nil, prompts: [Prompt]? = nil) {
    self.modelIdentifier = modelIdentifier
    self.prompts = prompts
  }
}
