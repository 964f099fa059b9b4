import Model

/// How well the exact integer model predicts a text, how close it is to the float model, and the room its widths left.
public struct AccuracyReport: Equatable, Sendable {
  /// The comparison with the float model or with reference logits.
  public struct Agreement: Equatable, Sendable {
    /// Positions whose greedy tokens were compared.
    public let positions: Int
    /// Positions where both have the same greedy token.
    public let sameGreedyToken: Int
    /// Positions whose logits were compared.
    public let logitPositions: Int
    /// Mean over those positions and the vocabulary of the absolute difference.
    public let meanLogitError: Double
    /// The largest absolute difference.
    public let largestLogitError: Double

    /// The part of positions with the same greedy token, 0 to 1.
    public var greedyAgreement: Double { Double(sameGreedyToken) / Double(max(positions, 1)) }
  }

  /// The room that one tensor of one layer left in its width.
  public struct Width: Equatable, Sendable {
    /// The layer, or nil for the head.
    public let layer: Int?
    /// The name in Docs/IntegerModel.md.
    public let tensor: String
    /// Bits the model has.
    public let bits: Int
    /// Bits that the values seen need.
    public let used: Int

    /// Bits left.
    public var left: Int { bits - used }
  }

  /// Tokens predicted, each from the tokens before it in its window.
  public let predictions: Int
  /// The mean over predictions of -ln p(token), in nats.
  public let meanNegativeLogLikelihood: Double
  /// e to that mean.
  public let perplexity: Double
  /// The part of predictions whose most likely token is the text's, 0 to 1.
  public let accuracy: Double
  /// The float model's perplexity on the same predictions: measured if it was given, or else what the file says.
  public let referencePerplexity: Double?
  /// The comparison, if there was something to compare with.
  public let agreement: Agreement?
  /// Every width, layer by layer in the order of the computation, then the head.
  public let headroom: [Width]
  /// The same as a table for people: bits, the fewest bits left, and the bits left layer by layer.
  public let headroomTable: String

  /// What an evaluation found, on a text whose perplexity may be known.
  init(_ evaluation: Evaluation, knownPerplexity: Double?) {
    predictions = evaluation.predictions
    meanNegativeLogLikelihood = evaluation.meanNegativeLogLikelihood
    perplexity = evaluation.perplexity
    accuracy = evaluation.accuracy
    referencePerplexity = evaluation.referencePerplexity ?? knownPerplexity
    agreement = evaluation.agreement.map {
      Agreement(
        positions: $0.positions, sameGreedyToken: $0.sameGreedyToken, logitPositions: $0.logitPositions,
        meanLogitError: $0.meanLogitError, largestLogitError: $0.largestLogitError)
    }
    let report = HeadroomReport(evaluation.headroom)
    (headroom, headroomTable) = (report.widths, report.table)
  }
}
