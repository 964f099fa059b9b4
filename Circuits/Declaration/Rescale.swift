import Algebra
import Arguments
import Model

/// A tensor divided by a power of two, rounded, with what the rounding left over.
///
/// accumulator = 2^shift value + remainder - 2^(shift-1) at real indices, 0 <= remainder < 2^shift. For any element of
/// the field on the left there is at most one pair of a value of the declared width and a remainder, since
/// width + shift < 100 bits: unknown weights, however malformed, leave no choice.
struct Rescaled: Sendable {
  /// The rounded numbers.
  let value: Digits
  /// What is left over.
  let remainder: Digits
  /// The right shift.
  let shift: Int

  /// What was rescaled, or, when `residual` was added to the rounded numbers, what was rescaled without it; less `bias`,
  /// which was added before.
  func accumulator(beyond residual: Expression? = nil, less bias: Expression? = nil) -> Expression {
    let rounded = residual.map { value.expression - $0 } ?? value.expression
    let sum = (ScalarField.powerOfTwo(shift) * rounded + remainder.expression)
      .adding(constant: -ScalarField.powerOfTwo(shift - 1))
    return bias.map { sum - $0 } ?? sum
  }

  /// Stores a rescaled tensor of a trace.
  func assign(_ trace: RescaledTensor, to values: inout StepValues) {
    value.assign(trace.values, to: &values)
    remainder.assign(trace.remainders, to: &values)
  }
}

extension StatementBuilder {
  /// Declares the numbers of a rescaled tensor of signed values; the caller requires its accumulator.
  mutating func rescaled(
    _ name: String, _ axes: [Axis], shift: Int, bits: Int = QuantizationParameters.activationWidth
  ) -> Rescaled {
    Rescaled(
      value: signed(name, axes, bits: bits), remainder: unsigned("\(name) remainder", axes, bits: shift), shift: shift)
  }
}
