import Algebra
import Arguments
import Circuits
import Commitment
import ConstraintSystem
import Folding
import Foundation
import Model

/// The sizes of one transformer layer.
public struct LayerShape: Sendable, Equatable {
  /// Hidden channels, feed-forward channels, query heads, key/value heads.
  public let hidden, intermediate, heads, keyValueHeads: Int
  /// Tokens of the text; a step has the next power of two of positions.
  public let tokens: Int
  /// Whether the projections are ternary.
  public let isTernary: Bool

  /// Takes the sizes as they are; heads have hidden / heads channels.
  public init(hidden: Int, intermediate: Int, heads: Int, keyValueHeads: Int, tokens: Int, isTernary: Bool) {
    self.hidden = hidden
    self.intermediate = intermediate
    self.heads = heads
    self.keyValueHeads = keyValueHeads
    self.tokens = tokens
    self.isTernary = isTernary
  }
}

/// What one step of a transformer layer costs.
public struct LayerMeasurement: Encodable, Sendable {
  /// Positions of a text.
  public var positions = 0
  /// Weights of the layer, and constraints of its step.
  public var weights = 0, rows = 0
  /// The entries committed: hidden states in and out, weights, values, trace.
  public var entries: [Int] = []
  /// log2 of the length of a commitment chunk, and chunks of an instance.
  public var chunkLog = 0, chunks = 0
  /// What is done once for a model or a proof, and the step before this one.
  public var setUp: [Phase] = []
  /// The step: everything that one more layer would add to a proof.
  public var step: [Phase] = []
  /// Wall seconds of the step.
  public var seconds: Double { step.reduce(0) { $0 + $1.seconds } }
  /// Seconds of processor time of the step, on all threads.
  public var processorSeconds: Double { step.reduce(0) { $0 + $1.processorSeconds } }
  /// Whether the folded instance was checked from its definition.
  public var isChecked = false
  /// The parts that read every weight, by themselves; measured after the step.
  public var weightParts: WeightMeasurement?

  private enum CodingKeys: CodingKey {
    case positions, weights, rows, entries, chunkLog, chunks, setUp, step, seconds, processorSeconds, isChecked,
      weightParts
  }

  /// All of it, the seconds of the step included.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(positions, forKey: .positions)
    try container.encode(weights, forKey: .weights)
    try container.encode(rows, forKey: .rows)
    try container.encode(entries, forKey: .entries)
    try container.encode(chunkLog, forKey: .chunkLog)
    try container.encode(chunks, forKey: .chunks)
    try container.encode(setUp, forKey: .setUp)
    try container.encode(step, forKey: .step)
    try container.encode(seconds, forKey: .seconds)
    try container.encode(processorSeconds, forKey: .processorSeconds)
    try container.encode(isChecked, forKey: .isChecked)
    try container.encode(weightParts, forKey: .weightParts)
  }
}

/// Proves and folds one transformer layer of a random model: an embedding of as many tokens as there are positions, whose
/// hidden states it reads, then the layer. The recursion's other circuits are built, but no step of theirs is proved.
public struct LayerBenchmark {
  private let shape: LayerShape
  private let phaseEnded: (Phase) -> Void
  private let stopwatch = Stopwatch()
  private var generator = SystemRandomNumberGenerator()
  private var result = LayerMeasurement()

  /// A measurement; `phaseEnded` hears of every phase when it ends.
  public init(_ shape: LayerShape, phaseEnded: @escaping (Phase) -> Void = { _ in }) {
    self.shape = shape
    self.phaseEnded = phaseEnded
  }

  /// Measures.
  ///
  /// - Parameters:
  ///   - chunkLog: log2 of the length of a commitment chunk, in `ProverKey.chunkLogs`; nil chooses one as setup does.
  ///   - isChecked: whether the folded instance is checked from its definition afterwards, which opens all commitments.
  /// - Throws: `unusableModel` or `unusableSizes` for a shape that cannot be, `internalFailure` if the check fails.
  public mutating func run(chunkLog: Int? = nil, isChecked: Bool = true) throws -> LayerMeasurement {
    try LayerFoldError.translating { try measure(chunkLog: chunkLog, isChecked: isChecked) }
  }

  private mutating func measure(chunkLog: Int?, isChecked: Bool) throws -> LayerMeasurement {
    stopwatch.start()
    let model = try model()
    lap("random weights", \.setUp)
    let constants = ModelConstants(
      configuration: model.configuration, parameters: model.parameters, maxTokens: shape.tokens, tokenizerJSON: Data())
    let chosen = try constants.chunkLog(chunkLog)
    try constants.checkSizes(chunkLog: chosen)
    let key = try constants.recursionKey(chunkLog: chosen)
    try KeyLimits.check(chunks: key.sizes.order.total, rowsLog: key.sizes.errorLog)
    describe(key, of: model)
    lap("circuits and generators", \.setUp)
    let embeddingWeights = try commit(to: .embedding, of: model, under: key)
    lap("commitment to the embedding", \.setUp)
    let weights = try commit(to: .layer, of: model, under: key)
    lap("commitment to the layer's weights", \.setUp)

    var prover = try RecursionProver(key: key, folds: 1, using: &generator)
    // The first fold of a kind is cheaper than all others: the start's few entries are known.
    prover.forgetStarts()
    lap("random accumulators", \.setUp)
    let text = Array(0..<shape.tokens)
    let digest = try TokenDigests.tokens(
      promptDigest: TokenDigests.prompt(text.dropLast(), salt: .one, positions: result.positions),
      promptLength: text.count - 1, generated: text.suffix(1), positions: result.positions)
    let embedding = try model.embed(text)
    let circuit = key.circuits[StepKind.embedding.rawValue].step
    try prover.absorb(
      StepInput(
        kind: .embedding, values: circuit.values(of: embedding, weights: circuit.weights(of: model)),
        weights: embeddingWeights, tokens: TokenAdvice(promptLength: text.count - 1, length: text.count, salt: .one),
        tokensDigest: digest, selected: ["tokens": embedding.tokens]), using: &generator)
    lap("embedding", \.setUp)
    let advice = try prover.foldPending(before: .layer, using: &generator)
    lap("fold of the embedding", \.setUp)

    let proved = try prove(
      model.layer(0, input: embedding.output), of: model, weights: weights, digest: digest, after: advice, in: &prover)
    prover.pending = proved
    _ = try prover.foldPending(before: .head, using: &generator)
    lap("fold, CycleFold included", \.step)
    if isChecked { try check(prover) }
    let commitment = try WeightMeasurement.least("commitment") { _ = try commit(to: .layer, of: model, under: key) }
    // In place: the prover is of no more use.
    var running = prover.witnesses[StepKind.layer.rawValue].takeSegment(.weights)
    result.weightParts = WeightMeasurement(
      of: model, isTernary: shape.isTernary, commitment: commitment, under: key, into: &running)
    return result
  }

  /// One more step of a prover that has folded the step before; it becomes pending.
  private mutating func prove(
    _ trace: @autoclosure () throws -> LayerTrace, of model: QuantizedModel,
    weights: (commitments: [AffinePoint<PrimaryCurve>], blinders: [ScalarField]), digest: ScalarField,
    after advice: StepAdvice, in prover: inout RecursionProver
  ) throws -> PendingStep {
    let circuit = prover.key.circuits[StepKind.layer.rawValue].step
    let trace = try trace()
    lap("integer model", \.step)
    var step = StepProver(
      key: prover.key,
      input: StepInput(
        kind: .layer, values: circuit.values(of: trace, weights: circuit.weights(of: model)), weights: weights,
        tokens: nil, tokensDigest: digest, selected: [:]), advice: advice)
    lap("arranging integers", \.step)
    try step.foldPrevious()
    lap("in-circuit verifier of the fold, counts of lookups", \.step)
    try step.commit(after: prover.pending, using: &generator)
    lap("commitment to states and values", \.step)
    try step.argue()
    lap("step argument", \.step)
    let pending = try step.finish(using: &generator)
    lap("in-circuit verifier of the argument, commitment to the trace", \.step)
    return pending
  }

  private mutating func check(_ prover: RecursionProver) throws {
    let (key, kind) = (prover.key, StepKind.layer.rawValue)
    try OpenedRelation(
      shape: key.shapes[kind], sizes: key.sizes, tables: key.tableColumns, generators: key.generators
    ).check(prover.running[kind], prover.witnesses[kind])
    try key.cycle.check(prover.cycle, prover.cycleWitness)
    result.isChecked = true
  }

  // MARK: - Parts

  private mutating func lap(_ name: String, _ part: WritableKeyPath<LayerMeasurement, [Phase]>) {
    let phase = stopwatch.lap(name)
    result[keyPath: part].append(phase)
    phaseEnded(phase)
    stopwatch.start()
  }

  private func model() throws -> QuantizedModel {
    guard shape.heads >= 1, shape.hidden % shape.heads == 0 else {
      throw LayerFoldError.unusableModel("A layer of \(shape.hidden) channels cannot have \(shape.heads) heads.")
    }
    let positions = try TextModel.positions(maxTokens: shape.tokens)
    return try QuantizedModel(
      randomLayer: ModelConfiguration(
        hiddenSize: shape.hidden, intermediateSize: shape.intermediate, layerCount: 1, attentionHeads: shape.heads,
        keyValueHeads: shape.keyValueHeads, headDimension: shape.hidden / shape.heads, vocabularySize: positions,
        maximumPositions: positions, normEpsilon: 1e-5, rotaryTheta: 10000, tiesEmbeddings: false, beginningToken: nil,
        endTokens: []), positions: positions, isTernary: shape.isTernary, seed: 1)
  }

  private mutating func describe(_ key: RecursionKey, of model: QuantizedModel) {
    result.positions = model.parameters.positions
    result.weights = model.layers[0].matrices.all.reduce(0) { $0 + $1.rows * $1.columns }
    result.rows = key.shapes[StepKind.layer.rawValue].rowCount
    result.entries = key.verification.segmentLengths(of: .layer)
    result.chunkLog = key.sizes.order.chunkLog
    result.chunks = key.sizes.order.total
  }

  /// The weights' commitments with fresh blinders, chunk after chunk.
  private mutating func commit(
    to kind: StepKind, of model: QuantizedModel, under key: RecursionKey
  ) throws -> (commitments: [AffinePoint<PrimaryCurve>], blinders: [ScalarField]) {
    let weights = key.circuits[kind.rawValue].step.weights(of: model)
    let chunks = key.sizes.order.weights.count
    let blinders = ChunkBlinders<ScalarField>.random(count: chunks, using: &generator)
    if shape.isTernary && kind == .layer {
      let points = try key.generators.commit(ternary: [weights], chunkCount: chunks, blinders: [blinders])[0].points
      return (points, blinders.values)
    }
    let length = 1 << key.sizes.order.chunkLog
    let points = try blinders.values.enumerated().map { index, blinder in
      let range = (index * length..<(index + 1) * length).clamped(to: 0..<weights.count)
      return try key.generators.commit(weights[range].map { Int64($0) }, blinder: blinder)
    }
    return (points, blinders.values)
  }
}
