/// What happens while a proof is made, in order; the last event is `finished`.
public enum ProvingEvent: Sendable {
  /// The run goes on after so many steps of an earlier one; why newer checkpoints than that were of no use, a reason each.
  case resumed(step: Int, count: Int, ignoring: [String])
  /// The state after so many steps, 0 for the start, is durable: if the process ends now, the next can go on from there.
  case saved(step: Int, count: Int)
  /// The continuation of one prompt, counted from 0, is known and about to be folded, or was so before the run was resumed.
  case generated(inference: Int, Continuation)
  /// The prompt of an inference is private; with this salt its owner can show somebody that it is the one of the proof.
  case salted(inference: Int, PromptSalt)
  /// A step has been computed, and the step before it folded.
  case step(ProvingStep)
  /// All steps are folded; the running instances are being compressed.
  case compressing
  /// How long everything took.
  case measured(ProvingTimes)
  /// The proof.
  case finished(Proof)
}

/// One step of an inference.
public struct ProvingStep: Sendable, Equatable {
  /// The step's number, from 1.
  public let index: Int
  /// The number of steps of the whole proof, inferences * (layers + 2) + 1, if every inference is as it was requested.
  public let count: Int
  /// What the step computes, such as "layer 3".
  public let name: String
}

/// Seconds that the parts of a proof took, since the run was started or resumed.
public struct ProvingTimes: Sendable, Equatable {
  /// Running the integer model: generating, then all positions once more as far as that has not been done beside the fold of
  /// the step before.
  public internal(set) var inference = 0.0
  /// Committing, arguing and folding the steps.
  public internal(set) var fold = 0.0
  /// Compressing the running instances.
  public internal(set) var compress = 0.0
  /// Writing checkpoints.
  public internal(set) var checkpoints = 0.0
  /// Everything, building the circuits included.
  public internal(set) var total = 0.0

  /// No time at all.
  public init() {}
}

extension ProvingTimes {
  /// Runs `body` and adds the seconds it took to a part.
  mutating func measure<Result>(
    _ part: WritableKeyPath<ProvingTimes, Double>, _ body: () throws -> Result
  ) rethrows -> Result {
    let start = ContinuousClock.now
    let result = try body()
    self[keyPath: part] += (ContinuousClock.now - start).seconds
    return result
  }
}

extension Duration {
  /// The duration in seconds.
  package var seconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
