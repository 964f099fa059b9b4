import ArgumentParser
import Foundation
import LayerFold

/// Runs the integer model alone.
struct Generate: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Continues a prompt greedily, without a proof.")

  @Option(help: "The folder of the keys.")
  var keys: String

  @OptionGroup var prompt: PromptOptions

  @Option(help: "New tokens at most.")
  var maxNewTokens: Int

  @Option(help: "A file for the logits the last new token was chosen from: a JSON array.")
  var logits: String?

  @Flag(help: "Prints one JSON object.")
  var json = false

  /// What --json prints.
  struct Report: Encodable {
    /// The prompt's tokens.
    let promptIds: [Int]
    /// The new tokens.
    let outputIds: [Int]
    /// Their text.
    let text: String
  }

  func run() throws {
    try maxNewTokens.require(1..., option: "--max-new-tokens", expected: "at least 1")
    let request = try prompt.required()
    let key = try ProverKey(contentsOf: URL(fileURLWithPath: keys))
    let file = try logits.map { try StagedFile(at: $0, access: .shared) }
    let continuation = try key.generate(request, maxNewTokens: maxNewTokens)
    if let file {
      try file.write(Array(JSONEncoder().encode(continuation.finalLogits)))
      try file.commit()
    }
    if json {
      try StandardOutput.write(
        json: Report(
          promptIds: continuation.promptTokens, outputIds: continuation.outputTokens, text: continuation.text))
    } else {
      try StandardOutput.write(continuation.text)
    }
  }
}
