import ArgumentParser
import Foundation
import LayerFold

/// Writes a model with random weights.
struct Synthesize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Writes a model with random weights of a given shape, for measuring without downloading.")

  @Option(help: "The shape: a config.json in Hugging Face format.")
  var config: String

  @Option(help: "A number from 0 to 2^64 - 1; the same shape and seed give the same model everywhere.")
  var seed: UInt64

  @Option(help: "The folder for config.json, model.safetensors (BF16) and tokenizer.json; it must be empty or new.")
  var out: String

  @Option(
    help: """
      Makes a few channels of the residual stream about this large at the beginning token, as trained models have \\
      them; for example 3000.
      """)
  var outliers: Double?

  @Flag(help: "Prints one JSON object.")
  var json = false

  /// What is printed.
  struct Report: Encodable {
    /// The folder.
    let out: String
    /// Bytes of the weights.
    let weightBytes: Int
  }

  func run() throws {
    if let outliers, !(outliers > 0 && outliers <= 1e6) {
      throw Failure("--outliers is \(outliers); expected a number above 0, at most 1000000.", exitCode: EX_USAGE)
    }
    let model = try RandomModel(config: URL(fileURLWithPath: config), seed: seed, outliers: outliers)
    try model.write(to: URL(fileURLWithPath: out))
    if json {
      try StandardOutput.write(json: Report(out: out, weightBytes: model.weightBytes))
    } else {
      try StandardOutput.write("\(out): random weights of \(model.weightBytes.formattedBytes)")
    }
  }
}
