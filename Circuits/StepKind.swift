/// The four kinds of steps an inference is made of; the raw value is what digests and transcripts contain.
package enum StepKind: Int, Hashable, Sendable, Codable, CaseIterable {
  /// Tokens to hidden states.
  case embedding
  /// One transformer layer.
  case layer
  /// The last norm, the logits and the greedy choice.
  case head
  /// Nothing of the model: closes a chain of steps.
  case final
}
