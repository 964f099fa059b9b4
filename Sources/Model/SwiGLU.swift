/// Everything the gated feed-forward block computes, up to the input of the down projection.
package struct SwiGLUTrace: Sendable {
  /// [t, f] siluBits bits, exponent fG.
  package let gate: RescaledTensor
  /// [t, f] 16 bits, exponent fU.
  package let up: RescaledTensor
  /// [t, f] the SiLU table at the gate, exponent fG.
  package let activated: [Int32]
  /// [t, f] activated * up rescaled to 16 bits, exponent fH.
  package let hidden: RescaledTensor
}

extension QuantizedModel {
  /// The gated feed-forward activations of `input`, [t, c]; throws `activationOverflow`.
  func gatedFeedForward(_ input: ProjectionInput, weights: LayerWeights, layer: Int) throws -> SwiGLUTrace {
    func place(_ tensor: String) -> TensorPlace { TensorPlace(layer: layer, tensor: tensor) }
    let width = QuantizationParameters.activationWidth
    let multipliers = weights.ternary?.multipliers
    let gate = try rescaled(
      input.product(weights.gate, multiplier: multipliers?.gate), shift: parameters.gateShift,
      width: parameters.siluBits,
      at: place("gate"))
    let up = try rescaled(
      input.product(weights.up, multiplier: multipliers?.up), shift: parameters.upShift, width: width,
      at: place("up"))
    let (table, half) = (tables.silu, Int32(1) << Int32(parameters.siluBits - 1))
    let activated = gate.values.map { table[Int($0 + half)] }
    let products = zip(activated, up.values).map { Int64($0) * Int64($1) }
    let hidden = try rescaled(products, shift: parameters.hiddenShift, width: width, at: place("hidden"))
    return SwiGLUTrace(gate: gate, up: up, activated: activated, hidden: hidden)
  }
}
