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
  public func prove(batch: [InferenceRequest]) -> AsyncThrowingStream<ProvingEvent, any Error> {
    AsyncThrowingStream { continuation in
      let work = Task.detached { [key] in
        do {
          try ProvingRun.prove(batch, with: key) { continuation.yield($0) }
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
      continuation.onTermination = { _ in work.cancel() }
    }
  }
}
