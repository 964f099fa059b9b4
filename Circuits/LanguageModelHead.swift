import Algebra
import Arguments
import Model

/// The logits of every position and the first vocabulary entry that has the largest.
///
/// With gap D_v = a - logit_v - [v < o] >= 0 for all entries v and D_o = 0, a is the logit of o, no logit exceeds it,
/// and those before o are smaller. Two winners o != o' of the same logits would make D_o' + D'_o = -1, which two
/// numbers of 48 bits (in whole digits) cannot: o is unique whatever the weights are.
struct LanguageModelHead: Sendable {
  /// [position] the tokens of the text; token logic compares them with the winners.
  let tokens: Tensor
  /// [position, channel] the hidden states that left the last layer.
  let input: Tensor
  /// The last norm.
  let norm: RMSNorm
  /// [vocabulary, channel] or [channel, vocabulary] the weights.
  let matrix: Tensor
  /// [position] o; token logic checks that they are below the vocabulary's size.
  let winner: Tensor
  /// [position] a, 64 bits, determined by the gap at o.
  let largest: Tensor
  /// [position, vocabulary] D.
  let gap: Digits

  /// Declares the head.
  init(in builder: inout StatementBuilder) {
    let parameters = builder.parameters
    let (position, channel, vocabulary) = (parameters.position, parameters.channel, parameters.vocabulary)
    tokens = builder.tensor("tokens", [position])
    input = builder.tensor("input", [position, channel], in: .input)
    norm = RMSNorm("head norm", of: Expression(input), in: &builder)
    matrix = builder.tensor("head weights", .leastPadding(vocabulary, channel), in: .weights)
    winner = builder.tensor("winner", [position])
    largest = builder.tensor("largest logit", [position])
    gap = builder.unsigned(
      "gap", [position, vocabulary], bits: parameters.wholeDigits(QuantizationParameters.gapBits))
    builder.select("winner", rows: position, from: vocabulary)
    builder.require(
      Product(
        "logit", result: Expression(largest) - gap.expression,
        selectorTerm: SelectorTerm(selector: "winner", rows: position, axis: vocabulary, factor: -.one),
        left: norm.normalized.value.expression, right: Expression(matrix)))
    builder.require(
      LinearRelation(
        "winner", over: [position],
        gap.expression.relationTerms(.selected(selector: "winner", rows: position, axis: vocabulary))))
  }

  /// Stores a trace and the text it belongs to.
  func assign(_ trace: HeadTrace, tokens text: [Int], to values: inout StepValues) {
    values.assign(text, to: tokens)
    values.assign(trace.input, to: input)
    norm.assign(trace.norm, to: &values)
    values.assign(trace.winner, to: winner)
    values.assign(trace.largest, to: largest)
    gap.padded.assign(paddedGaps(trace), to: &values)
  }

  /// The gaps with those of the padding: there the logits are 0 and no entry comes before the winner, so D = a.
  private func paddedGaps(_ trace: HeadTrace) -> [Int64] {
    let (positions, entries) = (trace.winner.count, trace.gaps.count / trace.winner.count)
    let paddedEntries = 1 << gap.axes[1].logSize
    var gaps: [Int64] = []
    gaps.reserveCapacity(positions * paddedEntries)
    for position in 0..<positions {
      gaps += trace.gaps[position * entries..<(position + 1) * entries]
      gaps += repeatElement(trace.largest[position], count: paddedEntries - entries)
    }
    return gaps
  }
}
