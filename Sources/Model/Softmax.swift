/// Everything the causal softmax computes, before its division; heads (g, m), query positions i, key positions j.
package struct SoftmaxTrace: Sendable {
  /// [g, m, i, j] remainders of the scores, below 2^sS; the score itself is maximum - (2^10 high + low).
  package var scoreRemainder: [Int64] = []
  /// [g, m, i] the largest score at j <= i, 24 bits signed.
  package var maximum: [Int32] = []
  /// [g, m, i, j] low digit of maximum - score, in 0 ..< 2^10.
  package var differenceLow: [Int32] = []
  /// [g, m, i, j] high digit, floor((maximum - score) / 2^10): in 0 ..< 2^12 for j <= i, any sign for j > i.
  package var differenceHigh: [Int32] = []
  /// [g, m, i, j] the low table at the low digit, 0 for j > i.
  package var exponentialLow: [Int32] = []
  /// [g, m, i, j] the high table at the high digit, 0 for j > i.
  package var exponentialHigh: [Int32] = []
  /// [g, m, i, j] low times high, in 0 ... 2^22, 0 for j > i.
  package var exponential: [Int64] = []
  /// [g, m, i] Z, the sum of the exponentials over j, at least 2^22.
  package var total: [Int64] = []
  /// [g, m, i] R = floor(2^46 / Z).
  package var reciprocal: [Int64] = []
  /// [g, m, i] 2^46 - R * Z, in 0 ..< Z.
  package var slackLow: [Int64] = []
  /// [g, m, i] Z - 1 - slackLow, in 0 ..< Z.
  package var slackHigh: [Int64] = []
}

extension SoftmaxTrace {
  /// Puts the heads of `other` behind the heads of this trace.
  mutating func append(_ other: SoftmaxTrace) {
    scoreRemainder += other.scoreRemainder
    maximum += other.maximum
    differenceLow += other.differenceLow
    differenceHigh += other.differenceHigh
    exponentialLow += other.exponentialLow
    exponentialHigh += other.exponentialHigh
    exponential += other.exponential
    total += other.total
    reciprocal += other.reciprocal
    slackLow += other.slackLow
    slackHigh += other.slackHigh
  }
}

extension QuantizedModel {
  /// The softmax of one head from `accumulators`, [i, j] over `keys` key positions; row 0 is query position `first`.
  /// Throws `activationOverflow`.
  func causalSoftmax(_ accumulators: [Int64], keys: Int, first: Int, layer: Int?) throws -> SoftmaxTrace {
    var trace = SoftmaxTrace()
    var scores = [Int64](repeating: 0, count: keys)
    for row in 0..<accumulators.count / keys {
      for key in 0..<keys {
        let (score, remainder) = rescale(accumulators[row * keys + key], shift: parameters.scoreShift)
        scores[key] = score
        trace.scoreRemainder.append(remainder)
      }
      try appendRow(scores, visible: first + row + 1, layer: layer, to: &trace)
    }
    return trace
  }

  private func appendRow(_ scores: [Int64], visible: Int, layer: Int?, to trace: inout SoftmaxTrace) throws {
    let lowBits = Int64(QuantizationParameters.differenceLowBits)
    let maximum = scores[..<visible].reduce(Int64.min) { max($0, $1) }
    let bits = signedBits(maximum)
    if bits > QuantizationParameters.scoreWidth {
      throw ModelError.activationOverflow(
        layer: layer, tensor: "scoreMaximum", bits: bits, width: QuantizationParameters.scoreWidth)
    }
    var total: Int64 = 0
    for (key, score) in scores.enumerated() {
      let difference = maximum - score
      let (low, high) = (difference & ((1 << lowBits) - 1), difference >> lowBits)
      trace.differenceLow.append(Int32(low))
      trace.differenceHigh.append(Int32(high))
      var (exponentialLow, exponentialHigh) = (Int32(0), Int32(0))
      if key < visible {
        guard high < tables.exponentialHigh.count else {
          throw ModelError.activationOverflow(
            layer: layer, tensor: "scoreDifference", bits: Int64.bitWidth - difference.leadingZeroBitCount,
            width: QuantizationParameters.differenceLowBits + QuantizationParameters.differenceHighBits)
        }
        exponentialLow = tables.exponentialLow[Int(low)]
        exponentialHigh = tables.exponentialHigh[Int(high)]
      }
      let exponential = Int64(exponentialLow) * Int64(exponentialHigh)
      trace.exponentialLow.append(exponentialLow)
      trace.exponentialHigh.append(exponentialHigh)
      trace.exponential.append(exponential)
      total += exponential
    }
    let reciprocal = (Int64(1) << Int64(QuantizationParameters.reciprocalBits)) / total
    let slackLow = (Int64(1) << Int64(QuantizationParameters.reciprocalBits)) - reciprocal * total
    trace.maximum.append(Int32(maximum))
    trace.total.append(total)
    trace.reciprocal.append(reciprocal)
    trace.slackLow.append(slackLow)
    trace.slackHigh.append(total - 1 - slackLow)
  }
}
