import Algebra
import Arguments
import Model

/// The gated feed-forward block, up to the input of the down projection.
struct SwiGLU: Sendable {
  /// [intermediate, channel] the weights.
  let gateWeights, upWeights: Tensor
  /// [position, intermediate] G; the SiLU table is its range check.
  let gate: Tensor
  /// [position, intermediate] the remainder of G.
  let gateRemainder: Digits
  /// [position, intermediate] the up projection.
  let up: Rescaled
  /// [position, intermediate] SiLU of G.
  let activated: Tensor
  /// [position, intermediate] SiLU(G) times up, rescaled.
  let hidden: Rescaled

  /// Declares the block over `input`, [position, channel].
  init(of input: Expression, multipliers: PerProjection<Tensor>?, in builder: inout StatementBuilder) {
    let (parameters, quantization) = (builder.parameters, builder.parameters.quantization)
    let axes = [parameters.position, parameters.intermediate]
    gateWeights = builder.tensor("gate weights", [parameters.intermediate, parameters.channel], in: .weights)
    upWeights = builder.tensor("up weights", [parameters.intermediate, parameters.channel], in: .weights)

    let shift = quantization.gateShift
    gate = builder.tensor("gate", axes)
    gateRemainder = builder.unsigned("gate remainder", axes, bits: shift)
    let accumulator = (ScalarField.powerOfTwo(shift) * Expression(gate) + gateRemainder.expression)
      .adding(constant: -.powerOfTwo(shift - 1))
    builder.require(
      Product("gate", result: accumulator, left: input, right: Expression(gateWeights), scale: multipliers?.gate))
    up = builder.projected(
      "up", input, by: upWeights, times: multipliers?.up, to: [parameters.intermediate], shift: quantization.upShift)

    activated = builder.tensor("activated", axes)
    builder.requireLookup(TableID.silu, gate, activated)
    hidden = builder.rescaledOperand("hidden", axes, shift: quantization.hiddenShift)
    builder.require(
      Product("hidden", result: hidden.accumulator(), left: Expression(activated), right: up.value.expression))
  }

  /// Stores a trace.
  func assign(_ trace: SwiGLUTrace, to values: inout StepValues) {
    values.assign(trace.gate.values, to: gate)
    gateRemainder.assign(trace.gate.remainders, to: &values)
    up.assign(trace.up, to: &values)
    values.assign(trace.activated, to: activated)
    hidden.assign(trace.hidden, to: &values)
  }

  /// Stores the projections' weights.
  func assign(_ weights: LayerWeights, to values: inout StepValues) {
    values.assign(weights.gate, to: gateWeights)
    values.assign(weights.up, to: upWeights)
  }
}
