import Foundation

/// How well the exact integer model predicts a text, and how close it is to another program's logits.
package struct Evaluation: Equatable, Sendable {
  /// The comparison with reference logits.
  package struct Agreement: Equatable, Sendable {
    /// Positions whose greedy tokens were compared.
    package internal(set) var positions = 0
    /// Positions where both have the same greedy token, the first of equals.
    package internal(set) var sameGreedyToken = 0
    /// Positions whose logits were compared.
    package internal(set) var logitPositions = 0
    /// Mean over those positions and the vocabulary of the absolute difference; 0 without any.
    package internal(set) var meanLogitError = 0.0
    /// The largest absolute difference.
    package internal(set) var largestLogitError = 0.0

    /// The part of positions with the same greedy token, 0 to 1.
    package var greedyAgreement: Double { Double(sameGreedyToken) / Double(max(positions, 1)) }
  }

  /// Tokens predicted, each from the tokens before it in its window.
  package internal(set) var predictions = 0
  /// The mean over predictions of -ln p(token), in nats; 0 without predictions.
  package internal(set) var meanNegativeLogLikelihood = 0.0
  /// Predictions whose most likely token is the text's.
  package internal(set) var correct = 0
  /// The reference model's mean negative log-likelihood on the same predictions, if it was given for all windows.
  package internal(set) var referenceMeanNegativeLogLikelihood: Double?
  /// The comparison with reference logits, if there were any.
  package internal(set) var agreement: Agreement?
  /// The room that was left in every width.
  package internal(set) var headroom = Headroom()

  /// e to the mean negative log-likelihood.
  package var perplexity: Double { exp(meanNegativeLogLikelihood) }
  /// e to the reference model's mean, if it was given.
  package var referencePerplexity: Double? { referenceMeanNegativeLogLikelihood.map { exp($0) } }
  /// The part of predictions whose most likely token is the text's, 0 to 1.
  package var accuracy: Double { Double(correct) / Double(max(predictions, 1)) }
}

extension QuantizedModel {
  /// Measures the model on `text`: windows follow one another without overlap, each starts at position 0, and a last
  /// one of a single token is left out. `reference` gives the logits, [t, v], of another model for a window.
  ///
  /// Throws `emptyTokens` if there is nothing to measure, `textTooLong` if a window does not fit the positions,
  /// `malformedField` for reference logits of another vocabulary, `tokenOutOfVocabulary` or `activationOverflow`.
  package func evaluate(
    _ text: EvaluationText, reference: ((_ window: [Int]) throws -> [Float])? = nil
  ) throws -> Evaluation {
    let windows = text.windows(positions: parameters.positions)
    if windows.isEmpty && text.references.isEmpty { throw ModelError.emptyTokens }
    var evaluation = Evaluation()
    var (loss, referenceLoss) = (0.0, 0.0)
    var sums = AgreementSums()
    for window in windows {
      let head = try observedPass(window, &evaluation.headroom)
      let expected = try reference?(window).map { Double($0) }
      let entries = configuration.vocabularySize
      if let expected, expected.count != window.count * entries { throw Self.wrongVocabulary(entries) }
      for position in window.indices {
        let logits = dequantizedLogits(head, at: position)
        let row = expected?[position * entries..<(position + 1) * entries]
        if let row { sums.add(logits, row, greedy: Int(head.winner[position])) }
        if position + 1 == window.count { break }
        let target = window[position + 1]
        evaluation.predictions += 1
        loss += negativeLogLikelihood(logits, of: target)
        if let row { referenceLoss += negativeLogLikelihood(row, of: target) }
        if Int(head.winner[position]) == target { evaluation.correct += 1 }
      }
    }
    for other in text.references {
      guard other.logits.count == configuration.vocabularySize else {
        throw Self.wrongVocabulary(configuration.vocabularySize)
      }
      // The reference's own continuation is fed back, so that one difference does not make others.
      let room = max(parameters.positions - other.tokens.count, 0)
      let head = try observedPass(other.tokens + other.greedyTokens.dropLast().prefix(room), &evaluation.headroom)
      let last = other.tokens.count - 1
      if other.greedyTokens.isEmpty {
        sums.add(dequantizedLogits(head, at: last), other.logits[...], greedy: Int(head.winner[last]))
      } else {
        sums.addLogits(dequantizedLogits(head, at: last), other.logits[...])
        for (found, known) in zip(head.winner[last...], other.greedyTokens) { sums.addGreedy(Int(found), known) }
      }
    }
    let predictions = Double(max(evaluation.predictions, 1))
    evaluation.meanNegativeLogLikelihood = loss / predictions
    if reference != nil { evaluation.referenceMeanNegativeLogLikelihood = referenceLoss / predictions }
    evaluation.agreement = sums.agreement
    return evaluation
  }

  /// The head's trace over the tokens alone, without filling up the positions; the integers are the same.
  func observedPass(_ tokens: [Int], _ headroom: inout Headroom) throws -> HeadTrace {
    if tokens.isEmpty { throw ModelError.emptyTokens }
    if tokens.count > parameters.positions {
      throw ModelError.textTooLong(tokens: tokens.count, positions: parameters.positions)
    }
    var state = try embeddingRows(of: tokens)
    for index in layers.indices {
      var cache = KeyValueCache()
      let trace = try layer(index, input: state, cache: &cache)
      headroom.record(trace, layer: index, parameters: parameters)
      state = trace.output.values
    }
    let trace = try head(input: state)
    headroom.record(trace)
    return trace
  }

  private static func wrongVocabulary(_ entries: Int) -> ModelError {
    .malformedField(file: "The reference", field: "the logits", expected: "\(entries) for each position")
  }
}

/// -ln of the probability that `logits` give to `token`, an index from 0.
private func negativeLogLikelihood(_ logits: some RandomAccessCollection<Double>, of token: Int) -> Double {
  let largest = logits.reduce(-Double.infinity) { max($0, $1) }
  let total = logits.reduce(0) { $0 + exp($1 - largest) }
  return largest + log(total) - logits[logits.index(logits.startIndex, offsetBy: token)]
}

/// Sums over compared positions.
private struct AgreementSums {
  private var sums = Evaluation.Agreement()

  mutating func add(_ logits: [Double], _ expected: ArraySlice<Double>, greedy: Int) {
    let best = expected.indices.reduce(expected.startIndex) { expected[$1] > expected[$0] ? $1 : $0 }
    addGreedy(greedy, best - expected.startIndex)
    addLogits(logits, expected)
  }

  mutating func addGreedy(_ found: Int, _ known: Int) {
    sums.positions += 1
    sums.sameGreedyToken += found == known ? 1 : 0
  }

  mutating func addLogits(_ logits: [Double], _ expected: ArraySlice<Double>) {
    sums.logitPositions += 1
    var total = 0.0
    for (found, known) in zip(logits, expected) {
      let error = abs(found - known)
      total += error
      sums.largestLogitError = max(sums.largestLogitError, error)
    }
    sums.meanLogitError += total / Double(logits.count)
  }

  /// The comparison, or nil if nothing was compared.
  var agreement: Evaluation.Agreement? {
    if sums.positions == 0 { return nil }
    var agreement = sums
    agreement.meanLogitError /= Double(max(sums.logitPositions, 1))
    return agreement
  }
}
