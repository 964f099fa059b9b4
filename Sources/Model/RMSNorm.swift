/// Everything one RMSNorm computes; its gains are folded into the weights that follow.
package struct RMSNormTrace: Sendable {
  /// [t] S: the sum of squares plus epsilon, in 1 ..< 2^(63 + log2 d).
  package let squareSum: [Int128]
  /// [t] the largest integer with inverse^2 * S <= d * 2^(2k), below 2^48.
  package let inverseRoot: [Int64]
  /// [t] d * 2^(2k) - inverse^2 * S, in 0 ..< 2^96.
  package let slackLow: [Int128]
  /// [t] (inverse + 1)^2 * S - 1 - d * 2^(2k), in 0 ..< 2^96.
  package let slackHigh: [Int128]
  /// [t, c] input * inverse, rescaled by 32 bits to 16 bits.
  package let normalized: RescaledTensor
}

extension QuantizedModel {
  /// Normalises every row of `input`, [t, c]; throws `activationOverflow`.
  func normalize(_ input: [Int32], at place: TensorPlace) throws -> RMSNormTrace {
    let channels = configuration.hiddenSize
    let positions = input.count / channels
    let target = Int128(channels) << (2 * parameters.inverseRootExponent)
    var squareSums: [Int128] = []
    var inverseRoots: [Int64] = []
    var slacksLow: [Int128] = []
    var slacksHigh: [Int128] = []
    var products: [Int64] = []
    products.reserveCapacity(input.count)
    for position in 0..<positions {
      let row = input[position * channels..<(position + 1) * channels]
      var squareSum = Int128(parameters.normEpsilon)
      for value in row { squareSum += Int128(Int64(value) * Int64(value)) }
      let inverse = floorSquareRoot(target / squareSum)
      squareSums.append(squareSum)
      inverseRoots.append(inverse)
      slacksLow.append(target - Int128(inverse) * Int128(inverse) * squareSum)
      slacksHigh.append(Int128(inverse + 1) * Int128(inverse + 1) * squareSum - 1 - target)
      // value^2 <= S, so |value * inverse| <= sqrt(d) * 2^k < 2^47.
      for value in row { products.append(Int64(value) * inverse) }
    }
    let normalized = try rescaled(
      products, shift: QuantizationParameters.normShift, width: QuantizationParameters.activationWidth, at: place)
    return RMSNormTrace(
      squareSum: squareSums, inverseRoot: inverseRoots, slackLow: slacksLow, slackHigh: slacksHigh,
      normalized: normalized)
  }
}

/// The largest integer whose square is at most `value`, for 0 <= value < 2^104.
func floorSquareRoot(_ value: Int128) -> Int64 {
  var root = Int128(Double(value).squareRoot())
  while root * root > value { root -= 1 }
  while (root + 1) * (root + 1) <= value { root += 1 }
  return Int64(root)
}
