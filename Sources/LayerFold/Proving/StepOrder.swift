import Circuits

/// The order of the steps of one proof: of every inference Embedding, the layers and Head, then one Final.
struct StepOrder: Sendable, Equatable {
  /// Layers of the model.
  let layers: Int
  /// Inferences of the proof, at least 1.
  let inferences: Int

  /// Steps of one inference.
  var perInference: Int { layers + 2 }
  /// Steps of the proof.
  var count: Int { inferences * perInference + 1 }
  /// The most folds of one kind.
  var folds: Int { inferences * max(1, layers) }

  /// The kind of a step, counted from 0, and the layer's number, 0 for other kinds.
  func place(of step: Int) -> (kind: StepKind, layer: Int) {
    precondition((0..<count).contains(step), "A step of the proof.")
    guard step < count - 1 else { return (.final, 0) }
    switch step % perInference {
    case 0: return (.embedding, 0)
    case perInference - 1: return (.head, 0)
    case let place: return (.layer, place - 1)
    }
  }
}
