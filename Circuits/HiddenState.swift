import Algebra
import Arguments
import Model

/// The hidden states leaving a step, [position, channel], of 32 bits: the output segment, tied to checked digits.
///
/// The hidden states entering a step need no check: they are the ones that left the step before.
struct HiddenState: Sendable {
  /// The output segment.
  let output: Tensor
  /// The same numbers, checked.
  let digits: Digits

  /// Declares the output and its digits; `state` determines the digits.
  init(digits: Digits, in builder: inout StatementBuilder) {
    self.digits = digits
    output = builder.tensor("output", digits.axes, in: .output)
    builder.require(
      LinearRelation(
        "output", over: digits.axes,
        [LinearRelation.Term(output, times: .one)] + digits.expression.relationTerms(times: -.one)))
  }

  /// Stores the hidden states, [t, c].
  func assign(_ state: [Int32], to values: inout StepValues) {
    values.assign(state, to: output)
    digits.assign(state, to: &values)
  }
}
