import Algebra
import Arguments
import Model

/// The causal softmax, up to its division: exponentials e of differences d from each row's largest score, and the
/// reciprocal of their sum.
///
/// At key <= query everything is determined: with the remainder, d and the maximum in their ranges, maximum - d is the
/// rounded score; d >= 0 everywhere and = 0 somewhere makes the maximum the largest. At key > query remainder and
/// difference may be anything that satisfies the score's product, and the exponential is 0 whatever they are.
struct Softmax: Sendable {
  /// [group, member, query, key] the remainder of the rescaled score.
  let scoreRemainder: Digits
  /// [group, member, query] the largest score at key <= query.
  let maximum: Digits
  /// [group, member, query, key] d = low + 2^10 high.
  let differenceLow, differenceHigh: Tensor
  /// [group, member, query, key] how often d serves as its row's zero: once a row.
  let zeroCount: Tensor
  /// [group, member, query, key] the tables at the two digits of d.
  let exponentialLow, exponentialHigh: Tensor
  /// [group, member, query, key] e = low high at key <= query, else 0.
  let exponential: Tensor
  /// [group, member, query] R = floor(2^46 / Z), Z the sum of e over keys.
  let reciprocal: Digits
  /// [group, member, query] 2^46 - R Z >= 0 and Z - 1 - (2^46 - R Z) >= 0; so Z is their sum plus 1.
  let slackLow, slackHigh: Digits
  /// The axes, for storing.
  private let positions: Int

  /// Declares the softmax of queries, [query, group, member, half, pair], times keys, [key, group, half, pair].
  init(queries: Expression, keys: Expression, in builder: inout StatementBuilder) {
    let (parameters, causal) = (builder.parameters, builder.parameters.causal)
    let rows = [parameters.group, parameters.member, parameters.query]
    let pairs = rows + [parameters.key]
    let shift = parameters.quantization.scoreShift
    let lowBits = QuantizationParameters.differenceLowBits
    positions = parameters.query.size

    scoreRemainder = builder.unsigned("score remainder", pairs, bits: shift, on: causal)
    maximum = builder.signed("maximum", rows, bits: parameters.wholeDigits(QuantizationParameters.scoreWidth))
    differenceLow = builder.tensor("difference low", pairs)
    differenceHigh = builder.tensor("difference high", pairs)
    zeroCount = builder.tensor("zero count", pairs)
    exponentialLow = builder.tensor("exponential low", pairs)
    exponentialHigh = builder.tensor("exponential high", pairs)
    exponential = builder.tensor("exponential", pairs)

    // |2^shift (maximum - d) + remainder| < 2^(40 + 24 + R + 1): no multiple of the modulus fits between two of them.
    let difference = Expression(differenceLow) + .powerOfTwo(lowBits) * Expression(differenceHigh)
    let score = (ScalarField.powerOfTwo(shift) * (maximum.expression - difference) + scoreRemainder.expression)
      .adding(constant: -.powerOfTwo(shift - 1))
    builder.require(Product("score", result: score, left: queries, right: keys))
    builder.require(ZeroInRow(rows: rows, values: difference, multiplicities: zeroCount, on: causal))

    builder.requireLookup(TableID.exponentialLow, differenceLow, exponentialLow, on: causal)
    builder.requireLookup(TableID.exponentialHigh, differenceHigh, exponentialHigh, on: causal)
    builder.require(
      Product(
        "exponential", result: Expression(exponential), left: Expression(exponentialLow),
        right: Expression(exponentialHigh), mask: causal))

    // Z <= T 2^22 and Z >= e(0) = 2^22, so R <= 2^24. For all numbers in these ranges R Z < 2^130.
    let slackBits = parameters.wholeDigits(QuantizationParameters.exponentialBits + parameters.query.logSize)
    let reciprocalBits = QuantizationParameters.reciprocalBits - QuantizationParameters.exponentialBits + 1
    reciprocal = builder.unsigned("reciprocal", rows, bits: parameters.wholeDigits(reciprocalBits))
    slackLow = builder.unsigned("reciprocal slack low", rows, bits: slackBits)
    slackHigh = builder.unsigned("reciprocal slack high", rows, bits: slackBits)
    let slacks = slackLow.expression + slackHigh.expression
    builder.require(
      LinearRelation(
        "exponential sum", over: rows,
        [LinearRelation.Term(exponential, .sum(over: parameters.key.name), times: -.one)] + slacks.relationTerms(),
        constant: .one))
    builder.require(
      Product(
        "reciprocal",
        result: (-slackLow.expression).adding(constant: .powerOfTwo(QuantizationParameters.reciprocalBits)),
        left: reciprocal.expression, right: slacks.adding(constant: .one)))
  }

  /// Stores a trace.
  func assign(_ trace: SoftmaxTrace, to values: inout StepValues) {
    scoreRemainder.assign(trace.scoreRemainder, to: &values)
    maximum.assign(trace.maximum, to: &values)
    values.assign(trace.differenceLow, to: differenceLow)
    values.assign(trace.differenceHigh, to: differenceHigh)
    values.assign(zeroCounts(trace), to: zeroCount)
    values.assign(trace.exponentialLow, to: exponentialLow)
    values.assign(trace.exponentialHigh, to: exponentialHigh)
    values.assign(trace.exponential, to: exponential)
    reciprocal.assign(trace.reciprocal, to: &values)
    slackLow.assign(trace.slackLow, to: &values)
    slackHigh.assign(trace.slackHigh, to: &values)
  }

  /// 1 at the first zero of every row, elsewhere 0.
  private func zeroCounts(_ trace: SoftmaxTrace) -> [Int32] {
    var counts = [Int32](repeating: 0, count: trace.differenceLow.count)
    for row in 0..<counts.count / positions {
      let visible = row * positions...row * positions + row % positions
      let zero = visible.first { trace.differenceLow[$0] == 0 && trace.differenceHigh[$0] == 0 }
      guard let zero else { preconditionFailure("the largest score of a row is one of its scores") }
      counts[zero] = 1
    }
    return counts
  }
}
