import ArgumentParser
import Foundation
import LayerFold

/// Reads and quantises a model, commits its weights and writes its keys.
struct Setup: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Writes the keys of a model.")

  @Option(
    help: """
      The model: a folder in Hugging Face format (config.json, tokenizer.json, model.safetensors or its shards with \
      model.safetensors.index.json), or a GGUF file.
      """)
  var model: String

  @Option(help: "Tokens of prompt and output together at most; sizes the circuits.")
  var maxTokens: Int

  @Option(help: "The folder for prover.key (private), verifier.key and model-id.txt.")
  var out: String

  @Option(help: "log2 of the length of a commitment chunk; chosen if absent.")
  var chunkLog: Int?

  @Option(help: "A file of token ids whose activations the widths must also hold, as for evaluate --tokens.")
  var calibration: String?

  @Flag(help: "Derives blinders from the weights, so that every owner of a copy computes the same model id.")
  var publicModel = false

  @Flag(help: "Also runs the integer model over the texts of calibration and prints the room left in every width.")
  var headroom = false

  @Flag(help: "Prints one JSON object.")
  var json = false

  func run() throws {
    try maxTokens.require(2..., option: "--max-tokens", expected: "at least 2")
    try chunkLog?.require(
      ProverKey.chunkLogs, option: "--chunk-log",
      expected: "\(ProverKey.chunkLogs.lowerBound) to \(ProverKey.chunkLogs.upperBound)")
    let calibration = try calibration.map { try TokenText(contentsOf: URL(fileURLWithPath: $0)) }
    let key = try ProverKey.setup(
      model: URL(fileURLWithPath: model), maxTokens: maxTokens, chunkLog: chunkLog,
      blinding: publicModel ? .derivedFromWeights : .secret,
      calibration: calibration)
    let room = headroom ? try key.headroom(calibration: calibration) : nil
    let warnings = Self.warnings(about: key)
    for warning in warnings where !json { StandardError.write("layerfold: warning: \(warning)") }
    try key.write(to: URL(fileURLWithPath: out))
    let sizes = try key.verifierKey().sizes
    let report = Report(
      modelId: "\(key.identifier)", chunkLog: sizes.chunkLog, chunks: sizes.chunks.reduce(0, +), rowLog: sizes.rowLog,
      rows: Dictionary(uniqueKeysWithValues: sizes.kinds.map { ($0.name, $0.rows) }), warnings: warnings,
      headroom: room?.widths.map { Evaluate.Report.Width($0) })
    if json {
      try StandardOutput.write(json: report)
    } else {
      try StandardOutput.write(report.description + (room.map { "\n\n" + $0.table.dropLast() } ?? ""))
    }
  }

  /// One sentence about tensors that were ignored, if there were any.
  private static func warnings(about key: ProverKey) -> [String] {
    let (names, shown) = (key.ignoredTensors, 8)
    if names.isEmpty { return [] }
    let more = names.count > shown ? " and \(names.count - shown) more" : ""
    return [
      "no LLaMA has the tensors \(names.prefix(shown).joined(separator: ", "))\(more); they are ignored."
    ]
  }

  /// What is printed.
  struct Report: Encodable, CustomStringConvertible {
    /// 64 hexadecimal digits.
    let modelId: String
    /// log2 of the length of a chunk.
    let chunkLog: Int
    /// Chunks of one instance.
    let chunks: Int
    /// log2 of the rows of a step.
    let rowLog: Int
    /// Rows by kind of step.
    let rows: [String: Int]
    /// One sentence each.
    let warnings: [String]
    /// All widths, if they were asked for.
    let headroom: [Evaluate.Report.Width]?

    var description: String {
      """
      model id \(modelId)
      \(chunks) chunks of 2^\(chunkLog) entries, 2^\(rowLog) rows a step \
      (\(rows.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")))
      """
    }
  }
}
