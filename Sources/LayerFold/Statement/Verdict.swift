/// What a verifier has convinced itself of.
public struct Verdict: Sendable, Equatable {
  /// One proved text.
  public struct Inference: Sendable, Equatable {
    /// The prompt's tokens; none if the prompt is private.
    public let promptTokens: [Int]
    /// The number of the prompt's tokens, private or not.
    public let promptLength: Int
    /// The prompt's digest under its salt.
    public let promptDigest: PromptDigest
    /// Whether the proof says the digest and the length of the prompt only.
    public let isPromptPrivate: Bool
    /// The tokens that are the model's greedy continuation of the prompt.
    public let outputTokens: [Int]
    /// The text of the output tokens.
    public let text: String
    /// How many new tokens the prover says he was asked for; compare it with what you asked for.
    public let maxNewTokens: Int
    /// Whether generation ended by a stop token or with `maxNewTokens` tokens; otherwise the text is a prefix of what the
    /// model would have said.
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
  /// The salts of the private prompts in order, without which such a prompt cannot be compared with an expected one.
  public var salts: [PromptSalt]
  /// How many new tokens every inference was asked for, or nil to accept any number.
  public var maxNewTokens: Int?

  /// Demands; without any, the caller must look at the verdict.
  public init(
    modelIdentifier: ModelIdentifier? = nil, prompts: [Prompt]? = nil, salts: [PromptSalt] = [],
    maxNewTokens: Int? = nil
  ) {
    self.modelIdentifier = modelIdentifier
    self.prompts = prompts
    self.salts = salts
    self.maxNewTokens = maxNewTokens
  }
}
