import ArgumentParser
import Foundation
import LayerFold

/// Says what a model would cost, without its weights.
struct Plan: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Says what proving with a model would cost, without reading or needing its weights.")

  @Option(help: "The model's config.json in Hugging Face format.")
  var config: String

  @Option(help: "Tokens of prompt and output together at most; sizes the circuits.")
  var maxTokens: Int

  @Option(help: "log2 of the length of a commitment chunk; chosen as setup does if absent.")
  var chunkLog: Int?

  @Flag(help: "Prints one JSON object.")
  var json = false

  func run() throws {
    try maxTokens.require(2..., option: "--max-tokens", expected: "at least 2")
    try chunkLog?.require(
      ProverKey.chunkLogs, option: "--chunk-log",
      expected: "\(ProverKey.chunkLogs.lowerBound) to \(ProverKey.chunkLogs.upperBound)")
    let plan = try ProvingPlan(config: URL(fileURLWithPath: config), maxTokens: maxTokens, chunkLog: chunkLog)
    if json { try StandardOutput.write(json: Report(plan)) } else { try StandardOutput.write(Report(plan).description) }
  }

  /// What is printed.
  struct Report: Encodable {
    /// One kind of step.
    struct Kind: Encodable {
      /// Its name.
      let name: String
      /// Steps of this kind in one proof of one text.
      let steps: Int
      /// Its constraints.
      let rows: Int
      /// Weights of the model in one step.
      let weights: Int
      /// Numbers committed, padding included: states in, states out, weights, values, trace.
      let entries: [Int]
    }

    /// What a command would take.
    struct Cost: Encodable {
      /// Seconds of processor time.
      let processorSeconds: Double
      /// The most memory at one time.
      let memoryBytes: Int
    }

    /// As published.
    let parameters: Int
    /// Transformer layers.
    let layers: Int
    /// The text's limit.
    let maxTokens: Int
    /// The power of two that holds it.
    let positions: Int
    /// Steps of a proof of one text.
    let steps: Int
    /// log2 of the length of a chunk.
    let chunkLog: Int
    /// States in, states out, weights, values, trace.
    let chunks: [Int]
    /// log2 of the rows of a step.
    let rowLog: Int
    /// The kinds of steps.
    let kinds: [Kind]
    /// Numbers committed for one text.
    let committedNumbers: Int
    /// Weights committed at setup.
    let committedWeights: Int
    /// Without tokenizer.json.
    let proverKeyBytes: Int
    /// Without tokenizer.json.
    let verifierKeyBytes: Int
    /// Of one text.
    let proofBytes: Int
    /// An estimate.
    let setup: Cost
    /// An estimate.
    let prove: Cost
    /// An estimate.
    let verify: Cost
    /// Where the unit costs of the estimates were measured.
    let measuredOn: String
  }
}

extension Plan.Report {
  /// What the library planned.
  init(_ plan: ProvingPlan) {
    func cost(_ cost: PlannedCost) -> Cost {
      Cost(processorSeconds: cost.processorSeconds.milliseconds, memoryBytes: cost.memoryBytes)
    }
    self.init(
      parameters: plan.parameters, layers: plan.layers, maxTokens: plan.maxTokens, positions: plan.positions,
      steps: plan.steps, chunkLog: plan.chunkLog, chunks: plan.chunks, rowLog: plan.rowLog,
      kinds: plan.kinds.map {
        Kind(name: $0.name, steps: $0.count, rows: $0.rows, weights: $0.weights, entries: $0.entries)
      },
      committedNumbers: plan.committedNumbers, committedWeights: plan.committedWeights,
      proverKeyBytes: plan.proverKeyBytes, verifierKeyBytes: plan.verifierKeyBytes, proofBytes: plan.proofBytes,
      setup: cost(plan.setup), prove: cost(plan.prove), verify: cost(plan.verify), measuredOn: ProvingPlan.machine)
  }

  /// Two tables and what they rest on.
  var description: String {
    let parts = ["states in", "states out", "weights", "values", "trace"]
    let steps =
      [["step", "count", "rows", "parameters"] + parts]
      + kinds.map { kind in
        [kind.name, "\(kind.steps)", kind.rows.grouped, kind.weights.grouped] + kind.entries.map(\.grouped)
      }
      + [["chunks", "", "", ""] + chunks.map { "\($0)" }]
    let costs =
      [["", "processor time", "memory"]]
      + [("setup", setup), ("prove", prove), ("verify", verify)].map { name, cost in
        [name, cost.processorSeconds.formattedDuration, cost.memoryBytes.formattedBytes]
      }
    let summary = [
      ["parameters", "\(parameters.grouped), \(layers) layers"],
      ["texts", "at most \(maxTokens.grouped) tokens; every proof processes \(positions.grouped) positions"],
      ["steps", "\(self.steps) for one text, up to 2^\(rowLog) rows each"],
      ["chunks", "2^\(chunkLog) numbers each"],
      ["committed", "\(committedNumbers.grouped) numbers for one text; \(committedWeights.grouped) weights at setup"],
      ["prover.key", "\(proverKeyBytes.formattedBytes), tokenizer.json not counted"],
      ["verifier.key", "\(verifierKeyBytes.formattedBytes), tokenizer.json not counted"],
      ["proof", proofBytes.formattedBytes],
    ]
    return [
      TextTable.format(summary, leftColumns: 2), TextTable.format(steps), TextTable.format(costs),
      "Columns count numbers committed in one step, padding included. Times and memory are estimates from unit costs",
      "measured on \(measuredOn).",
    ].joined(separator: "\n").replacingOccurrences(of: "\nstep ", with: "\n\nstep ")
  }
}
