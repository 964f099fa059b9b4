import Algebra
import Arguments
import Model

/// RMSNorm without its gains, which the weights that follow contain.
///
/// S = sum x^2 + eps and the integer r with r^2 S <= d 2^(2k) < (r + 1)^2 S; then N = x r / 2^32, rounded.
/// For all numbers in their ranges: |x| < 2^31 and d <= 2^16 give S < 2^79, r < 2^(48+R) (whole digits) and the slacks
/// below 2^(96+R); so every side of every equation is below 2^(2(48+R)+79) <= 2^223 for R <= 24, and equality in the
/// field is equality of integers. Since S >= 1, the two bounds leave one r.
struct RMSNorm: Sendable {
  /// [position] S.
  let squareSum: Digits
  /// [position] r.
  let inverseRoot: Digits
  /// [position] r^2.
  let inverseSquare: Digits
  /// [position] d 2^(2k) - r^2 S.
  let slackLow: Digits
  /// [position] (r + 1)^2 S - 1 - d 2^(2k).
  let slackHigh: Digits
  /// [position, channel] N.
  let normalized: Rescaled

  /// Declares the norm of `input`, [position, channel].
  init(_ name: String, of input: Expression, in builder: inout StatementBuilder) {
    let parameters = builder.parameters
    let (position, channel) = (parameters.position, parameters.channel)
    let rootBits = parameters.wholeDigits(QuantizationParameters.inverseRootBits)
    let slackBits = parameters.wholeDigits(QuantizationParameters.inverseRootSlackBits)
    squareSum = builder.unchecked("\(name) square sum", [position], bits: 79)
    inverseRoot = builder.unsigned("\(name) inverse root", [position], bits: rootBits)
    inverseSquare = builder.unchecked("\(name) inverse square", [position], bits: 96)
    slackLow = builder.unsigned("\(name) slack low", [position], bits: slackBits)
    slackHigh = builder.unsigned("\(name) slack high", [position], bits: slackBits)
    normalized = builder.rescaled(name, [position, channel], shift: QuantizationParameters.normShift)

    let epsilon = ScalarField(parameters.quantization.normEpsilon)
    let target =
      ScalarField(parameters.configuration.hiddenSize)
      * .powerOfTwo(2 * parameters.quantization.inverseRootExponent)
    let (sum, root) = (squareSum.expression, inverseRoot.expression)
    builder.require(
      Product("\(name) square sum", result: sum.adding(constant: -epsilon), left: input, right: input))
    builder.require(Product("\(name) inverse square", result: inverseSquare.expression, left: root, right: root))
    builder.require(
      Product(
        "\(name) lower bound", result: (-slackLow.expression).adding(constant: target),
        left: inverseSquare.expression, right: sum))
    // (r + 1)^2 S - r^2 S = (2 r + 1) S.
    builder.require(
      Product(
        "\(name) upper bound", result: (slackLow.expression + slackHigh.expression).adding(constant: .one),
        left: (ScalarField(2) * root).adding(constant: .one), right: sum))
    builder.require(Product(name, result: normalized.accumulator(), left: input, right: root))
  }

  /// Stores a trace.
  func assign(_ trace: RMSNormTrace, to values: inout StepValues) {
    squareSum.assign(trace.squareSum, to: &values)
    inverseRoot.assign(trace.inverseRoot, to: &values)
    inverseSquare.assign(trace.inverseRoot.map { Int128($0) * Int128($0) }, to: &values)
    slackLow.assign(trace.slackLow, to: &values)
    slackHigh.assign(trace.slackHigh, to: &values)
    normalized.assign(trace.normalized, to: &values)
  }
}
