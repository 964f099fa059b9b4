import Algebra
import Arguments
import Model

/// Rotary position embedding of queries or keys, whose half and pair axes it turns by public angles.
struct RotaryEmbedding: Sendable {
  /// The rotated numbers, over the axes of the input.
  let rotated: Rescaled

  /// Declares the rotation of `input`, [position, ..., half, pair].
  init(_ name: String, of input: Digits, in builder: inout StatementBuilder) {
    let parameters = builder.parameters
    let table = RotaryTable(
      positions: parameters.position, half: parameters.half, pairs: parameters.pair,
      cosines: parameters.functions.cosine, sines: parameters.functions.sine)
    let shift = QuantizationParameters.rotaryBits
    rotated = builder.rescaled(name, input.axes, shift: shift)
    // The relation takes the terms of the accumulator and its constant apart.
    let terms = ScalarField.powerOfTwo(shift) * rotated.value.expression + rotated.remainder.expression
    builder.require(
      LinearRelation(
        name, over: input.axes,
        terms.relationTerms() + input.expression.relationTerms(.rotation(table), times: -.one),
        constant: -.powerOfTwo(shift - 1)))
  }

  /// Stores a rotated tensor of a trace.
  func assign(_ trace: RescaledTensor, to values: inout StepValues) { rotated.assign(trace, to: &values) }
}
