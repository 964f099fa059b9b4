import Algebra
import Circuits
import Commitment
import Folding
import Model

/// The commitments to a model's weights, made once at setup, and their blinders.
struct WeightCommitments: Sendable {
  /// The weights of one step of an inference.
  struct Step: Sendable {
    /// The kind of step.
    let kind: StepKind
    /// The layer's number, 0 for other kinds.
    let layer: Int
    /// One commitment for each chunk of the weights segment.
    let points: [AffinePoint<PrimaryCurve>]
    /// Their blinders.
    let blinders: [ScalarField]
  }

  /// Embedding, the layers in order, Head, and Final, which has no weights but blinded chunks all the same.
  let steps: [Step]

  /// Commits to the weights of a model under a key's circuits, blinded from a seed.
  init(of model: QuantizedModel, under key: RecursionKey, seed: BlindingSeed) throws {
    let chunkCount = key.sizes.order.weights.count
    let places = Self.places(layers: model.layers.count)
    let isTernary = model.parameters.ternary != nil
    // Commitments to ternary layers are the cheaper the more of them are made at once; their weights are in memory as long.
    let layersAtOnce = isTernary ? max(1, 16 / chunkCount) : 1
    var steps: [Step] = []
    while steps.count < places.count {
      let kind = places[steps.count].kind
      let batch = Array((steps.count..<places.count).prefix(layersAtOnce).prefix { places[$0].kind == kind })
      let weights = batch.map { key.circuits[kind.rawValue].step.weights(of: model, layer: places[$0].layer) }
      let blinders = batch.map { Self.blinders(step: $0, chunkCount: chunkCount, seed: seed) }
      let committed =
        if isTernary && kind == .layer {
          try key.generators.commit(
            ternary: weights, chunkCount: chunkCount, blinders: blinders.map { ChunkBlinders($0) })
        } else {
          try batch.indices.map { index in
            try key.generators.commit(
              chunks: weights[index].map { Int64($0) }, chunkCount: chunkCount,
              blinders: ChunkBlinders(blinders[index]))
          }
        }
      for (index, step) in batch.enumerated() {
        steps.append(
          Step(kind: kind, layer: places[step].layer, points: committed[index].points, blinders: blinders[index]))
      }
    }
    self.steps = steps
  }

  /// Commitments that were read, `points` in the order of steps and chunks; the blinders are expanded again.
  init(points: [[AffinePoint<PrimaryCurve>]], layers: Int, seed: BlindingSeed) {
    let places = Self.places(layers: layers)
    precondition(points.count == places.count, "One list of commitments for every step.")
    steps = places.indices.map { index in
      Step(
        kind: places[index].kind, layer: places[index].layer, points: points[index],
        blinders: Self.blinders(step: index, chunkCount: points[index].count, seed: seed))
    }
  }

  /// h_w at the end of an inference: the chain over the weights of Embedding, layers and Head.
  var chain: ScalarField {
    StatementChain.weights(
      steps.filter { $0.kind != .final }.map { (kind: $0.kind.rawValue, commitments: $0.points) })
  }

  /// The number of steps that a model of `layers` layers has weights for.
  static func stepCount(layers: Int) -> Int { layers + 3 }

  private static func places(layers: Int) -> [(kind: StepKind, layer: Int)] {
    [(.embedding, 0)] + (0..<layers).map { (.layer, $0) } + [(.head, 0), (.final, 0)]
  }

  private static func blinders(step: Int, chunkCount: Int, seed: BlindingSeed) -> [ScalarField] {
    (0..<chunkCount).map { seed.blinder(step: step, chunk: $0) }
  }
}
