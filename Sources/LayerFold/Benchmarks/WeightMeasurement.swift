import Algebra
import Arguments
import Circuits
import Folding
import Model

/// What the weights of a layer cost by themselves: every part of proving that does something with each of them.
public struct WeightMeasurement: Encodable, Equatable, Sendable {
  /// Whether the projections are ternary.
  public let isTernary: Bool
  /// Weights of the projections.
  public let weights: Int
  /// Bytes that they take in prover.key.
  public let keyBytes: Int
  /// The commitment; what the step argument does with every weight; the line polynomials of a fresh and of the running
  /// instance's weights and the addition of the one to the other, of a fold.
  public let parts: [Phase]
  /// Processor seconds of all of them but the commitment, which is made once for a model.
  public var processorSecondsPerStep: Double { parts.dropFirst().reduce(0) { $0 + $1.processorSeconds } }

  /// Measures what follows the commitment; `running` is what the weights are folded into.
  ///
  /// Every part is repeated, and the run with the least processor time counts.
  init(
    of model: QuantizedModel, isTernary: Bool, commitment: Phase, under key: RecursionKey,
    into running: inout FieldVector<ScalarField>
  ) {
    let circuit = key.circuits[StepKind.layer.rawValue]
    let weights = circuit.step.weights(of: model)
    let entries = SegmentEntries.int16(weights)
    var generator = SystemRandomNumberGenerator()
    func point() -> [ScalarField] { (0..<key.sizes.layout.logSize).map { _ in .random(using: &generator) } }
    let line = ClaimLine(from: point(), to: point(), in: key.sizes.layout)
    let (argument, alpha) = (StepArgumentProver(circuit.plan), ScalarField.random(using: &generator))
    let none = SegmentEntries.int16([]), empty = FieldVector<ScalarField>([])
    parts = [
      commitment,
      Self.least("step argument") { argument.passOverWeights(entries, using: &generator) },
      Self.least("fold: line polynomials, fresh") { _ = line.restrict(integers: [none, none, entries, none]) },
      Self.least("fold: line polynomials, running") { _ = line.restrict(segments: [empty, empty, running, empty]) },
      Self.least("fold: addition") { running.addScaled(weights, by: alpha) },
    ]
    self.isTernary = isTernary
    let matrices = model.layers[0].matrices.all
    self.weights = matrices.reduce(0) { $0 + $1.rows * $1.columns }
    keyBytes = matrices.reduce(0) { $0 + ($1.ternary?.bytes.count ?? 2 * $1.rows * $1.columns) }
  }

  /// The run of three with the least processor time.
  static func least(_ name: String, _ body: () throws -> Void) rethrows -> Phase {
    let stopwatch = Stopwatch()
    func run() throws -> Phase {
      stopwatch.start()
      try body()
      return stopwatch.lap(name)
    }
    var best = try run()
    for _ in 0..<2 {
      let phase = try run()
      if phase.processorSeconds < best.processorSeconds { best = phase }
    }
    return best
  }

  private enum CodingKeys: CodingKey { case isTernary, weights, keyBytes, parts, processorSecondsPerStep }

  /// All of it, the seconds of a step included.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(isTernary, forKey: .isTernary)
    try container.encode(weights, forKey: .weights)
    try container.encode(keyBytes, forKey: .keyBytes)
    try container.encode(parts, forKey: .parts)
    try container.encode(processorSecondsPerStep, forKey: .processorSecondsPerStep)
  }
}
