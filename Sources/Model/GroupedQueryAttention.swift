/// Everything one attention block computes, from normalised activations to attended values.
package struct GroupedQueryAttentionTrace: Sendable {
  /// [t, g, m, s, p] 16 bits, exponent fQ.
  package let query: RescaledTensor
  /// [t, g, s, p] 16 bits, exponent fK.
  package let key: RescaledTensor
  /// [t, g, s, p] 16 bits, exponent fV.
  package let value: RescaledTensor
  /// [t, g, m, s, p] 16 bits, exponent fQ.
  package let rotatedQuery: RescaledTensor
  /// [t, g, s, p] 16 bits, exponent fK.
  package let rotatedKey: RescaledTensor
  /// The causal softmax over all i and j.
  package let softmax: SoftmaxTrace
  /// [i, g, m, s, p] U: the exact sum over j of exponential * value.
  package let weightedSum: [Int64]
  /// [i, g, m, s, p] O: reciprocal * U rescaled by 46 bits to 16, exponent fV.
  package let attended: RescaledTensor
}

/// Rotated keys and values of the positions already processed by one layer.
struct KeyValueCache: Sendable {
  /// [t, g, s, p]
  var rotatedKeys: [Int32] = []
  /// [t, g, s, p]
  var values: [Int32] = []
}

extension QuantizedModel {
  /// Attention for the rows of `input`, [t, c], which follow the positions in `cache`; appends theirs to it.
  /// Throws `activationOverflow`.
  func attend(
    _ input: ProjectionInput, weights: LayerWeights, layer: Int, cache: inout KeyValueCache
  ) throws -> GroupedQueryAttentionTrace {
    let width = QuantizationParameters.activationWidth
    func place(_ tensor: String) -> TensorPlace { TensorPlace(layer: layer, tensor: tensor) }
    let multipliers = weights.ternary?.multipliers
    let biases = shiftedBiases(of: weights)
    let query = try rescaled(
      input.product(weights.query, multiplier: multipliers?.query, bias: biases?.query),
      shift: parameters.queryShift, width: width, at: place("query"))
    let key = try rescaled(
      input.product(weights.key, multiplier: multipliers?.key, bias: biases?.key),
      shift: parameters.keyShift, width: width, at: place("key"))
    let value = try rescaled(
      input.product(weights.value, multiplier: multipliers?.value, bias: biases?.value),
      shift: parameters.valueShift, width: width, at: place("value"))

    let first = cache.values.count / configuration.keyValueChannels
    let rotatedQuery = try rotate(
      query.values, heads: configuration.attentionHeads, first: first, at: place("rotatedQuery"))
    let rotatedKey = try rotate(key.values, heads: configuration.keyValueHeads, first: first, at: place("rotatedKey"))
    cache.rotatedKeys += rotatedKey.values
    cache.values += value.values

    let (softmax, weightedSum, products) = try attendHeads(
      rotatedQuery: rotatedQuery.values, cache: cache, first: first, layer: layer)
    let attended = try rescaled(
      products, shift: QuantizationParameters.reciprocalBits, width: width, at: place("attended"))
    return GroupedQueryAttentionTrace(
      query: query, key: key, value: value, rotatedQuery: rotatedQuery, rotatedKey: rotatedKey,
      softmax: softmax, weightedSum: weightedSum, attended: attended)
  }

  /// The biases of a layer as they are added to its projections before rescaling: below 2^15 times at most 2^40 each.
  func shiftedBiases(of weights: LayerWeights) -> AttentionBiases<[Int64]>? {
    guard let biases = weights.biases, let shifts = parameters.biasShifts else { return nil }
    return biases.merging(shifts) { bias, shift in bias.map { Int64($0) << Int64(shift) } }
  }

  /// Softmax of all heads, and U and reciprocal * U as [i, g, m, s, p].
  private func attendHeads(
    rotatedQuery: [Int32], cache: KeyValueCache, first: Int, layer: Int
  ) throws -> (softmax: SoftmaxTrace, weightedSum: [Int64], products: [Int64]) {
    let (channels, width) = (configuration.headDimension, configuration.queryChannels)
    let heads = try concurrentMap(configuration.attentionHeads) { head in
      let group = head / configuration.members
      let queries = Self.head(head, of: rotatedQuery, channels: channels, width: width)
      let keys = Self.head(group, of: cache.rotatedKeys, channels: channels, width: configuration.keyValueChannels)
      let values = Self.head(group, of: cache.values, channels: channels, width: configuration.keyValueChannels)
      let scores = MatrixProduct.product(queries, keys, columns: channels)
      let softmax = try causalSoftmax(scores, keys: keys.count / channels, first: first, layer: layer)
      return (softmax, Self.weightedSum(softmax.exponential, values, channels: channels))
    }
    var softmax = SoftmaxTrace()
    var weightedSum = [Int64](repeating: 0, count: rotatedQuery.count)
    var products = weightedSum
    for (head, (trace, sums)) in heads.enumerated() {
      softmax.append(trace)
      for (row, reciprocal) in trace.reciprocal.enumerated() {
        for channel in 0..<channels {
          let sum = sums[row * channels + channel]
          weightedSum[row * width + head * channels + channel] = sum
          // reciprocal * Z <= 2^46 and |sum| <= Z * 2^15, so the product stays within 2^61.
          products[row * width + head * channels + channel] = reciprocal * sum
        }
      }
    }
    return (softmax, weightedSum, products)
  }

  /// [t, channel] of one head of a tensor whose rows are `width` wide.
  private static func head(_ head: Int, of tensor: [Int32], channels: Int, width: Int) -> [Int16] {
    var result: [Int16] = []
    result.reserveCapacity(tensor.count / width * channels)
    for row in 0..<tensor.count / width {
      let base = row * width + head * channels
      for index in base..<base + channels { result.append(Int16(truncatingIfNeeded: tensor[index])) }
    }
    return result
  }

  /// [i, channel] = sum over j of exponential[i, j] * values[j, channel].
  private static func weightedSum(_ exponentials: [Int64], _ values: [Int16], channels: Int) -> [Int64] {
    let keys = values.count / channels
    let rows = exponentials.count / keys
    var sums = [Int64](repeating: 0, count: rows * channels)
    for row in 0..<rows {
      for key in 0..<keys {
        let exponential = exponentials[row * keys + key]
        if exponential == 0 { continue }
        for channel in 0..<channels {
          sums[row * channels + channel] &+= exponential &* Int64(values[key * channels + channel])
        }
      }
    }
    return sums
  }
}
