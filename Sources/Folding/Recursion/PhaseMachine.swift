package import Circuits

extension StepKind {
  /// The kinds of step that may come immediately before this one: Embedding, Layer, ..., Layer, Head, then Embedding
  /// again or Final.
  package var predecessors: [StepKind] {
    switch self {
    case .embedding, .final: [.head]
    case .layer: [.embedding, .layer]
    case .head: [.layer]
    }
  }
}
