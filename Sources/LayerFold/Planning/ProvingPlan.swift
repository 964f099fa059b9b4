import Algebra
import Arguments
import Circuits
import Commitment
import ConstraintSystem
import Decider
import Folding
public import Foundation
import Model

/// What proving with a model will cost, from its configuration alone: no weight is read, and the circuits are built as
/// setup builds them.
///
/// Steps, chunks, committed numbers and the lengths of files are exact for the constants that calibration chooses for an
/// ordinary trained LLaMA; rows may differ slightly with a model's own constants. Times and memory are estimates.
public struct ProvingPlan: Sendable {
  /// One kind of step.
  public struct Kind: Sendable, Equatable {
    /// Its name.
    public let name: String
    /// How many of an inference's steps are of this kind.
    public let count: Int
    /// Its constraints.
    public let rows: Int
    /// Weights of the model in one step.
    public let weights: Int
    /// The numbers one step commits to, padding included: hidden states in and out, weights, values, trace.
    public let entries: [Int]
  }

  /// Tokens of prompt and output together at most.
  public let maxTokens: Int
  /// Positions that every proof processes, a power of two.
  public let positions: Int
  /// Parameters of the model as it is published.
  public let parameters: Int
  /// Transformer layers.
  public let layers: Int
  /// log2 of the length of a commitment chunk.
  public let chunkLog: Int
  /// Chunks of one instance, for hidden states in and out, weights, values, trace.
  public let chunks: [Int]
  /// log2 of the number of constraints, rounded up.
  public let rowLog: Int
  /// The kinds of steps.
  public let kinds: [Kind]
  /// The length of prover.key without its tokenizer.json.
  public let proverKeyBytes: Int
  /// The length of verifier.key without its tokenizer.json.
  public let verifierKeyBytes: Int
  /// The length of a proof of one text of `maxTokens` tokens.
  public let proofBytes: Int
  /// What setup is estimated to take.
  public let setup: PlannedCost
  /// What proving one text is estimated to take.
  public let prove: PlannedCost
  /// What verifying is estimated to take.
  public let verify: PlannedCost

  /// The machine on which the unit costs behind the estimates were measured.
  public static var machine: String { UnitCosts.machine }

  /// Steps of the proof of one text.
  public var steps: Int { kinds.reduce(0) { $0 + $1.count } }
  /// Numbers committed for one text: hidden states, values and traces of all steps; weights are committed at setup.
  public var committedNumbers: Int {
    kinds.reduce(0) { $0 + $1.count * ($1.entries[1] + $1.entries[3] + $1.entries[4]) }
  }
  /// Numbers committed at setup: the weights of all steps.
  public var committedWeights: Int { kinds.reduce(0) { $0 + $1.count * $1.entries[2] } }

  /// Plans a model, which setup would refuse for the same reasons.
  ///
  /// - Parameters:
  ///   - config: the file config.json.
  ///   - maxTokens: prompt and output together at most.
  ///   - chunkLog: log2 of the length of a commitment chunk, in `ProverKey.chunkLogs`; nil chooses as setup does.
  /// - Throws: `missingInput`, `unusableModel` or `unusableSizes`.
  public init(config: URL, maxTokens: Int, chunkLog: Int? = nil) throws {
    self = try LayerFoldError.translating {
      let positions = try TextModel.positions(maxTokens: maxTokens)
      let plan = try ModelPlan(configuration: ModelConfiguration(file: config), positions: positions)
      return try ProvingPlan(plan, maxTokens: maxTokens, requestedChunkLog: chunkLog)
    }
  }

  private init(_ plan: ModelPlan, maxTokens: Int, requestedChunkLog: Int?) throws {
    let constants = ModelConstants(
      configuration: plan.configuration.shape, parameters: plan.parameters, maxTokens: maxTokens,
      tokenizerJSON: Data())
    let chunkLog = try constants.chunkLog(requestedChunkLog)
    try constants.checkSizes(chunkLog: chunkLog)
    let fitted = try FittedCircuits(
      chunkLog: chunkLog, absentState: Generators<PrimaryCurve>(logCount: 0).blindingBase
    ) { try constants.steps(limbsLog: $0) }
    let sizes = fitted.sizes
    try KeyLimits.check(chunks: sizes.order.total, rowsLog: sizes.errorLog)

    self.maxTokens = maxTokens
    positions = plan.parameters.positions
    parameters = plan.publishedParameters
    layers = plan.configuration.layerCount
    self.chunkLog = chunkLog
    chunks = sizes.order.counts
    rowLog = sizes.errorLog
    kinds = zip(StepKind.allCases, plan.steps).map { kind, step in
      Kind(
        name: "\(kind)", count: step.count, rows: fitted.shapes[kind.rawValue].rowCount, weights: step.parameters,
        entries: fitted.circuits[kind.rawValue].step.segmentEntries.prefix(4)
          + [fitted.shapes[kind.rawValue].traceCount])
    }
    proverKeyBytes = Self.proverKeyBytes(constants, plan: plan, weightChunks: sizes.order.weights.count)
    verifierKeyBytes = Self.verifierKeyBytes(constants, fitted: fitted)
    let cycleLog = CycleFoldKey.logCount(chunkCount: sizes.order.total)
    proofBytes =
      Proof.firstClaimOffset + ClaimedInference.byteCount(tokens: maxTokens) + RecursionEnd.byteCount(sizes: sizes)
      + RecursionDecider.proofByteCount(sizes: sizes, cycleLog: cycleLog)
    let work = PlannedWork(plan, kinds: kinds, sizes: sizes)
    (setup, prove, verify) = (work.setup, work.prove, work.verify)
  }

  /// The parts of the file in its order.
  private static func proverKeyBytes(_ constants: ModelConstants, plan: ModelPlan, weightChunks: Int) -> Int {
    func aligned(_ count: Int) -> Int { (count + 7) / 8 * 8 }
    let steps = WeightCommitments.stepCount(layers: plan.configuration.layerCount)
    let head = ProverKey.headerByteCount + 32 * steps * weightChunks
    return aligned(head) + aligned(constants.bytes.count) + plan.keyBytes
  }

  private static func verifierKeyBytes(_ constants: ModelConstants, fitted: FittedCircuits) -> Int {
    let (chunkLog, chunks) = (fitted.sizes.order.chunkLog, fitted.sizes.order.total)
    let generators =
      Generators<PrimaryCurve>.byteCount(logCount: chunkLog)
      + Generators<SecondaryCurve>.byteCount(logCount: CycleFoldKey.logCount(chunkCount: chunks))
    let tables = fitted.circuits[0].step.statement.tables.ids.count
    return VerifierKey.fixedByteCount + constants.bytes.count + 12 * tables
      + fitted.shapes.reduce(0) { $0 + $1.bytes.count } + generators
  }
}
