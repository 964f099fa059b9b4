import ArgumentParser
import Foundation
import LayerFold

/// Reads and quantises a model, commits its weights and writes its keys.
struct Setup: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Writes the keys of a model.")

  @Option(help: "The model's folder: config.json, model.safetensors, tokenizer.json.")
  var model: String

  @Option(help: "Tokens of prompt and output together at most; sizes the circuits.")
  var maxTokens: Int

  @Option(help: "The folder for prover.key (private), verifier.key and model-id.txt.")
  var out: String

  @Option(help: "log2 of the length of a commitment chunk; chosen if absent.")
  var chunkLog: Int?

  @Flag(help: "Derives blinders from the weights, so that every owner of a copy computes the same model id.")
  var publicModel = false

  @Flag(help: "Prints one JSON object.")
  var json = false

  func run() throws {
    try maxTokens.require(2..., option: "--max-tokens", expected: "at least 2")
    try chunkLog?.require(
      ProverKey.chunkLogs, option: "--chunk-log",
      expected: "\(ProverKey.chunkLogs.lowerBound) to \(ProverKey.chunkLogs.upperBound)")
    let key = try ProverKey.setup(
      modelDirectory: URL(fileURLWithPath: model), maxTokens: maxTokens, chunkLog: chunkLog,
      blinding: publicModel ? .derivedFromWeights : .secret)
    try key.write(to: URL(fileURLWithPath: out))
  }
}
