import ArgumentParser
import Foundation
import LayerFold

/// Measures the integer model: how well it predicts, how close it is to the float model, how much room is left.
struct Evaluate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measures the accuracy of the integer model, and the room left in its widths.")

  @Option(help: "The folder of the keys.")
  var keys: String

  @Option(help: "A file of token ids: a JSON array, or an object with \"tokens\" and, optionally, \"context\".")
  var tokens: String

  @Option(help: "Tokens of one window; without it what the file says, or else as many as the keys have positions.")
  var context: Int?

  @Option(
    help: """
      A file with another program's logits: an object with \"prompts\", each with \"prompt_ids\", \"final_logits\" and, \
      optionally, \"greedy_ids\".
      """)
  var reference: String?

  @Option(help: "The model that the keys were set up from, to compare logits and greedy tokens at all positions.")
  var model: String?

  @Flag(help: "Prints one JSON object.")
  var json = false

  func run() throws {
    try context?.require(2..., option: "--context", expected: "at least 2")
    guard reference == nil || model == nil else {
      throw Failure("Only one of --reference and --model can be given.", exitCode: EX_USAGE)
    }
    let text = try TokenText(
      contentsOf: URL(fileURLWithPath: tokens), context: context,
      reference: reference.map { URL(fileURLWithPath: $0) })
    let key = try ProverKey(contentsOf: URL(fileURLWithPath: keys))
    let accuracy = try key.accuracy(on: text, comparedWith: model.map { URL(fileURLWithPath: $0) })
    if json {
      try StandardOutput.write(json: Report(accuracy))
    } else {
      try StandardOutput.write(Report(accuracy).description + "\n\n" + accuracy.headroomTable.dropLast())
    }
  }

  /// What --json prints.
  struct Report: Encodable {
    /// The comparison with another program.
    struct Agreement: Encodable {
      /// Positions whose greedy tokens were compared.
      let positions: Int
      /// Those with the same one.
      let sameGreedyToken: Int
      /// Their part, 0 to 1.
      let greedyAgreement: Double
      /// Positions whose logits were compared.
      let logitPositions: Int
      /// The mean absolute difference of a logit.
      let meanLogitError: Double
      /// The largest.
      let largestLogitError: Double
    }

    /// The room of one tensor.
    struct Width: Encodable {
      /// The layer; absent for the head.
      let layer: Int?
      /// Its name in Docs/IntegerModel.md.
      let tensor: String
      /// Bits there are.
      let bits: Int
      /// Bits needed.
      let used: Int
      /// Bits left.
      let left: Int

      /// What was recorded.
      init(_ width: AccuracyReport.Width) {
        (layer, tensor) = (width.layer, width.tensor)
        (bits, used, left) = (width.bits, width.used, width.left)
      }
    }

    /// Tokens predicted.
    let predictions: Int
    /// e to the mean negative log-likelihood.
    let perplexity: Double
    /// In nats.
    let meanNegativeLogLikelihood: Double
    /// The part of tokens that were the most likely ones, 0 to 1.
    let accuracy: Double
    /// The float model's, if it is known.
    let referencePerplexity: Double?
    /// Absent if there was nothing to compare with.
    let agreement: Agreement?
    /// All widths.
    let headroom: [Width]
  }
}

extension Evaluate.Report {
  /// What was measured.
  init(_ report: AccuracyReport) {
    predictions = report.predictions
    perplexity = report.perplexity
    meanNegativeLogLikelihood = report.meanNegativeLogLikelihood
    accuracy = report.accuracy
    referencePerplexity = report.referencePerplexity
    agreement = report.agreement.map {
      Agreement(
        positions: $0.positions, sameGreedyToken: $0.sameGreedyToken, greedyAgreement: $0.greedyAgreement,
        logitPositions: $0.logitPositions, meanLogitError: $0.meanLogitError, largestLogitError: $0.largestLogitError)
    }
    headroom = report.headroom.map { Width($0) }
  }

  /// The measures for people, without the widths.
  var description: String {
    var lines: [String] = []
    if predictions > 0 {
      var perplexity = String(format: "perplexity                  %.4f over %d predictions", perplexity, predictions)
      if let reference = referencePerplexity {
        perplexity += String(
          format: "; float model %.4f (%+.3f %%)", reference, 100 * (self.perplexity / reference - 1))
      }
      lines += [
        perplexity,
        String(format: "negative log-likelihood     %.5f nats on average", meanNegativeLogLikelihood),
        String(format: "next token predicted        %.2f %%", 100 * accuracy),
      ]
    }
    if let agreement {
      lines += [
        String(
          format: "same greedy token           %.2f %% of %d positions", 100 * agreement.greedyAgreement,
          agreement.positions),
        String(
          format: "logit error                 mean %.4f, largest %.3f over %d positions", agreement.meanLogitError,
          agreement.largestLogitError, agreement.logitPositions),
      ]
    }
    return lines.joined(separator: "\n")
  }
}
