/// Everything the language-model head computes.
package struct HeadTrace: Sendable {
  /// [t, c] the residual stream that leaves the last layer.
  package let input: [Int32]
  /// The last norm.
  package let norm: RMSNormTrace
  /// [t] a: the largest exact logit.
  package let largest: [Int64]
  /// [t] o: the first vocabulary entry that has it, the greedy next token.
  package let winner: [Int32]
  /// [t, v] D = a - logit - [v < o], in 0 ..< 2^48, and 0 at the winner.
  package let gaps: [Int64]

  /// The exact logits of position `position`, [v], exponent `logitExponent`.
  package func logits(at position: Int) -> [Int64] {
    let entries = gaps.count / winner.count
    return (0..<entries).map { entry in
      largest[position] - gaps[position * entries + entry] - (entry < Int(winner[position]) ? 1 : 0)
    }
  }
}

extension QuantizedModel {
  /// The head on every row of `input`, [t, c]; throws `activationOverflow`.
  package func head(input: [Int32]) throws -> HeadTrace {
    let norm = try normalize(input, at: TensorPlace(layer: nil, tensor: "headNorm"))
    // |logit| < 2^30 * d <= 2^46, so the gaps stay below 2^48.
    var gaps = MatrixProduct.product(norm.normalized.operands, head)
    let entries = configuration.vocabularySize
    var largest: [Int64] = []
    var winners: [Int32] = []
    for position in 0..<gaps.count / entries {
      let row = position * entries..<(position + 1) * entries
      var winner = row.lowerBound
      for index in row where gaps[index] > gaps[winner] { winner = index }
      let maximum = gaps[winner]
      for index in row { gaps[index] = maximum - gaps[index] - (index < winner ? 1 : 0) }
      largest.append(maximum)
      winners.append(Int32(winner - row.lowerBound))
    }
    return HeadTrace(input: input, norm: norm, largest: largest, winner: winners, gaps: gaps)
  }
}
