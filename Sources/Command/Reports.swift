import LayerFold

/// One text, as all commands print it in JSON.
struct InferenceReport: Encodable {
  /// The prompt's tokens, unless they are private and a verifier speaks.
  let promptIds: [Int]?
  /// The new tokens.
  let outputIds: [Int]
  /// The new tokens' text.
  let text: String
  /// Whether generation ended as it was asked to; only a verifier says so.
  var complete: Bool?
  /// The prompt's salted digest; only a verifier says it.
  var promptDigest: String?
  /// The number of a private prompt's tokens.
  var promptLength: Int?
  /// What hides a private prompt in its digest; only its prover says it.
  var salt: String?
}

extension InferenceReport {
  /// A text that was generated, and the salt of its prompt if that is private.
  init(_ continuation: Continuation, salt: PromptSalt? = nil) {
    self.init(
      promptIds: continuation.promptTokens, outputIds: continuation.outputTokens, text: continuation.text,
      salt: salt.map { "\($0)" })
  }

  /// A text that was verified.
  init(_ inference: Verdict.Inference) {
    self.init(
      promptIds: inference.isPromptPrivate ? nil : inference.promptTokens, outputIds: inference.outputTokens,
      text: inference.text, complete: inference.isComplete, promptDigest: "\(inference.promptDigest)",
      promptLength: inference.isPromptPrivate ? inference.promptLength : nil)
  }
}

/// Seconds of the parts of a proof.
struct TimesReport: Encodable {
  /// Running the integer model.
  let inference: Double
  /// Folding.
  let fold: Double
  /// Compressing.
  let compress: Double
  /// Writing checkpoints; only if there were any.
  let checkpoints: Double?
  /// Everything.
  let total: Double

  /// The times of one proof, in milliseconds' precision.
  init(_ times: ProvingTimes) {
    inference = times.inference.milliseconds
    fold = times.fold.milliseconds
    compress = times.compress.milliseconds
    checkpoints = times.checkpoints > 0 ? times.checkpoints.milliseconds : nil
    total = times.total.milliseconds
  }
}
