import LayerFold

/// One text, as all commands print it in JSON.
struct InferenceReport: Encodable {
  /// The prompt's tokens.
  let promptIds: [Int]
  /// The new tokens.
  let outputIds: [Int]
  /// The new tokens' text.
  let text: String
  /// Whether generation ended as it was asked to; only a verifier says so.
  var complete: Bool?
}

extension InferenceReport {
  /// A text that was generated.
  init(_ continuation: Continuation) {
    self.init(promptIds: continuation.promptTokens, outputIds: continuation.outputTokens, text: continuation.text)
  }

  /// A text that was verified.
  init(_ inference: Verdict.Inference) {
    self.init(
      promptIds: inference.promptTokens, outputIds: inference.outputTokens, text: inference.text,
      complete: inference.isComplete)
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
  /// Everything.
  let total: Double

  /// The times of one proof, in milliseconds' precision.
  init(_ times: ProvingTimes) {
    inference = times.inference.milliseconds
    fold = times.fold.milliseconds
    compress = times.compress.milliseconds
    total = times.total.milliseconds
  }
}
