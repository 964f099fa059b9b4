import Circuits

/// One piece of what a prover carries between two steps, a file of its own, so that only what a step changed is written.
enum CheckpointPart: Hashable, Sendable {
  /// The running instance of a kind and its opening. Before the first fold of the kind there is no such part: where
  /// accumulators start follows from the run's secret.
  case running(StepKind)
  /// The running CycleFold instance and its opening; likewise.
  case cycle
  /// The last step, which is not folded yet, and the hidden state it leaves.
  case pending
  /// The text of an inference, counted from 0.
  case inference(Int)

  /// The name of the file that was written after `step` steps.
  func fileName(step: Int) -> String {
    switch self {
    case .running(let kind): "running-\(kind)-\(step)"
    case .cycle: "cycle-\(step)"
    case .pending: "pending-\(step)"
    case .inference(let index): "inference-\(index)-\(step)"
    }
  }

  /// How messages call the part.
  var description: String {
    switch self {
    case .running(let kind): "the running instance of \(kind)"
    case .cycle: "the running CycleFold instance"
    case .pending: "the last step"
    case .inference(let index): "text \(index + 1)"
    }
  }
}

extension StepOrder {
  /// How many parts there are after `step` steps.
  func partCount(step: Int) -> Int { fixedParts(step: step).count + inferenceCount(step: step) }

  /// The parts that there are after `step` steps, in the order in which a checkpoint lists them.
  func parts(step: Int) -> [CheckpointPart] {
    fixedParts(step: step) + (0..<inferenceCount(step: step)).map { .inference($0) }
  }

  /// The parts that the last of `step` steps changed.
  func changedParts(step: Int) -> [CheckpointPart] {
    guard step > 0 else { return [] }
    var parts: [CheckpointPart] = step > 1 ? [.running(place(of: step - 2).kind), .cycle] : []
    parts.append(.pending)
    if place(of: step - 1).kind == .embedding { parts.append(.inference((step - 1) / perInference)) }
    return parts
  }

  private func fixedParts(step: Int) -> [CheckpointPart] {
    guard step > 0 else { return [] }
    let folds = step - 1
    var parts: [CheckpointPart] = []
    if folds > 0 { parts.append(.running(.embedding)) }
    if folds > 1 && layers > 0 { parts.append(.running(.layer)) }
    if folds >= perInference { parts.append(.running(.head)) }
    if folds > 0 { parts.append(.cycle) }
    return parts + [.pending]
  }

  private func inferenceCount(step: Int) -> Int { min(inferences, (step + perInference - 1) / perInference) }
}
