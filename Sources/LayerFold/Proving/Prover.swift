/// Proves what a model generates.
public struct Prover: Sendable {
  private let key: ProverKey

  /// A prover with a model's private key.
  public init(key: ProverKey) { self.key = key }

  /// Generates the continuation of a prompt and proves it; the stream's last event is the proof.
  ///
  /// The work runs on a thread of its own and ends when the stream is dropped. The stream fails with `LayerFoldError`:
  /// `unusablePrompt`, `activationOverflow` or `malformedKey`.
  public func prove(_ prompt: Prompt, maxNewTokens: Int) -> AsyncThrowingStream<ProvingEvent, any Error> {
    prove(batch: [InferenceRequest(prompt: prompt, maxNewTokens: maxNewTokens)])
  }

  /// Generates the continuations of many prompts, at least one, and proves all of them in one proof of the size of one.
  ///
  /// With a folder for checkpoints the state is made durable after every step. A run that ends early, by whatever, can be
  /// resumed with the same key and the same batch, and then gives the very proof that it would have given; the folder is
  /// the caller's to remove when the proof is durable. Then the stream can also fail with what `Checkpoints` are refused for:
  /// `cannotCreate`, `missingInput`, `unusableCheckpoint`, `unfinishedCheckpoint`, `checkpointInUse`, `writeFailed`.
  public func prove(
    batch: [InferenceRequest], checkpoints: Checkpoints = .none
  ) -> AsyncThrowingStream<ProvingEvent, any Error> {
    AsyncThrowingStream { continuation in
      let work = Task.detached { [key] in
        do {
          try ProvingRun.prove(batch, with: key, checkpoints: checkpoints) { continuation.yield($0) }
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      continuation.onTermination = { _ in work.cancel() }
    }
  }
}
