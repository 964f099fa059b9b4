import Algebra
import Arguments
import Model

/// Causal attention with `group` key/value heads, each read by `member` query heads.
///
/// Positions are named "query" where they look and "key" where they are looked at.
struct GroupedQueryAttention: Sendable {
  /// [group, member, half, pair, channel], [group, half, pair, channel] twice: the weights.
  let queryWeights, keyWeights, valueWeights: Tensor
  /// [position, group, member, half, pair] Q.
  let query: Rescaled
  /// [position, group, half, pair] K and V.
  let key, value: Rescaled
  /// Q and K, rotated.
  let rotatedQuery, rotatedKey: RotaryEmbedding
  /// The exponentials and their normalisation.
  let softmax: Softmax
  /// [position, group, member, half, pair] U: the exact sum over keys of exponential times value, 64 bits, determined
  /// by its product: |U| <= T 2^22 2^15.
  let weightedSum: Tensor
  /// [position, group, member, half, pair] O = reciprocal U / 2^46, rounded.
  let attended: Rescaled

  /// Declares attention over `input`, [position, channel].
  init(
    of input: Expression, multipliers: PerProjection<Tensor>?, biases: AttentionBiases<Bias>?,
    in builder: inout StatementBuilder
  ) {
    let (parameters, quantization) = (builder.parameters, builder.parameters.quantization)
    let keyHead = [parameters.group, parameters.half, parameters.pair]
    let queryHead = [parameters.group, parameters.member, parameters.half, parameters.pair]
    let (position, channel) = (parameters.position, parameters.channel)

    queryWeights = builder.tensor("query weights", queryHead + [channel], in: .weights)
    keyWeights = builder.tensor("key weights", keyHead + [channel], in: .weights)
    valueWeights = builder.tensor("value weights", keyHead + [channel], in: .weights)
    query = builder.projected(
      "query", input, by: queryWeights, times: multipliers?.query, plus: biases?.query, to: queryHead,
      shift: quantization.queryShift)
    key = builder.projected(
      "key", input, by: keyWeights, times: multipliers?.key, plus: biases?.key, to: keyHead,
      shift: quantization.keyShift)
    value = builder.projected(
      "value", input, by: valueWeights, times: multipliers?.value, plus: biases?.value, to: keyHead,
      shift: quantization.valueShift)

    rotatedQuery = RotaryEmbedding("rotated query", of: query.value, in: &builder)
    rotatedKey = RotaryEmbedding("rotated key", of: key.value, in: &builder)

    let (looking, lookedAt) = (["position": "query"], ["position": "key"])
    softmax = Softmax(
      queries: rotatedQuery.rotated.value.expression.renamed(looking),
      keys: rotatedKey.rotated.value.expression.renamed(lookedAt), in: &builder)

    weightedSum = builder.tensor("weighted sum", [position] + queryHead)
    let sum = Expression(weightedSum).renamed(looking)
    builder.require(
      Product(
        "weighted sum", result: sum, left: Expression(softmax.exponential),
        right: value.value.expression.renamed(lookedAt)))
    // reciprocal < 2^(25+R) in whole digits and |U| < 2^57 for T <= 2^20: far below the modulus.
    attended = builder.rescaledOperand(
      "attended", [position] + queryHead, shift: QuantizationParameters.reciprocalBits)
    builder.require(
      Product(
        "attended", result: attended.accumulator().renamed(looking), left: softmax.reciprocal.expression, right: sum))
  }

  /// Stores a trace.
  func assign(_ trace: GroupedQueryAttentionTrace, to values: inout StepValues) {
    query.assign(trace.query, to: &values)
    key.assign(trace.key, to: &values)
    value.assign(trace.value, to: &values)
    rotatedQuery.assign(trace.rotatedQuery, to: &values)
    rotatedKey.assign(trace.rotatedKey, to: &values)
    softmax.assign(trace.softmax, to: &values)
    values.assign(trace.weightedSum, to: weightedSum)
    attended.assign(trace.attended, to: &values)
  }

  /// Stores the projections' weights.
  func assign(_ weights: LayerWeights, to values: inout StepValues) {
    values.assign(weights.query, to: queryWeights)
    values.assign(weights.key, to: keyWeights)
    values.assign(weights.value, to: valueWeights)
  }
}

extension StatementBuilder {
  /// Declares `input`, [position, channels], times `weights`, [outputs, channels], times a multiplier and plus a bias
  /// where there are, rescaled: [position, outputs].
  mutating func projected(
    _ name: String, _ input: Expression, by weights: Tensor, times multiplier: Tensor?, plus bias: Bias? = nil,
    to outputs: [Axis], shift: Int
  ) -> Rescaled {
    let result = rescaled(name, [parameters.position] + outputs, shift: shift)
    require(
      Product(
        name, result: result.accumulator(less: bias?.expression), left: input, right: Expression(weights),
        scale: multiplier))
    return result
  }
}
