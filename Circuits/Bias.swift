import Algebra
import Arguments
import Model

/// What is added to every position of a projection before it is rescaled: a weight for each output, times a power of two.
///
/// The product of input and matrix is the accumulator less the bias, so value and remainder are those of the sum: as
/// without a bias, any element of the field leaves at most one pair of them (see `Rescaled`). The weights are committed with
/// the matrices, and the model's identifier binds them.
struct Bias: Sendable {
  /// [outputs] the weights.
  let weights: Tensor
  /// The left shift.
  let shift: Int

  /// The bias at every output, to be repeated over positions.
  var expression: Expression { .powerOfTwo(shift) * Expression(weights) }
}

extension StatementBuilder {
  /// Declares the biases of a layer's projections; nil if the model has none.
  mutating func biases() -> AttentionBiases<Bias>? {
    guard let shifts = parameters.quantization.biasShifts else { return nil }
    let keyHead = [parameters.group, parameters.half, parameters.pair]
    let queryHead = [parameters.group, parameters.member, parameters.half, parameters.pair]
    func bias(_ name: String, _ outputs: [Axis], _ shift: Int) -> Bias {
      Bias(weights: tensor("\(name) bias", outputs, in: .weights), shift: shift)
    }
    return AttentionBiases(
      query: bias("query", queryHead, shifts.query), key: bias("key", keyHead, shifts.key),
      value: bias("value", keyHead, shifts.value),
      output: shifts.output.map { bias("output", [parameters.channel], $0) })
  }
}
