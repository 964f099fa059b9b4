/// Everything the quantisation of one tensor's rows to 8 bits computes; the tensor's rows are positions.
package struct AbsoluteMaximumTrace: Sendable {
  /// [t] m: the largest absolute value of the row, below 2^15.
  package let maximum: [Int32]
  /// [t, ...] q: 254 a / (2 m + 1) to the nearest integer, in -127 ... 127.
  package let quantized: [Int32]
  /// [t, ...] 254 a - (2 m + 1) q, in -m ... m.
  package let rounding: [Int32]
}

/// What the projections of a layer read: plain activations, or ones quantised to 8 bits.
struct ProjectionInput {
  /// [t, c] 16-bit operands: the activations, or their quantised values.
  let operands: [Int16]
  /// The quantisation, if there is one.
  let quantization: AbsoluteMaximumTrace?

  /// Activations as they are, 16 bits each.
  init(plain activations: RescaledTensor) {
    operands = activations.operands
    quantization = nil
  }

  /// Activations quantised row by row, `channels` to a row; throws `activationOverflow`.
  init(quantizing activations: RescaledTensor, channels: Int, at place: TensorPlace) throws {
    let trace = try absoluteMaximumQuantization(activations.values, channels: channels, at: place)
    operands = trace.quantized.map { Int16(truncatingIfNeeded: $0) }
    quantization = trace
  }

  /// [t, r] what a projection rescales: the product with its matrix; of quantised activations, times the divisor
  /// 2 m + 1 of the row and the matrix's multiplier. Where there is a bias, [r], it is added to every row.
  func product(_ weights: WeightMatrix, multiplier: Int16?, bias: [Int64]? = nil) -> [Int64] {
    var sums = product(weights, multiplier: multiplier)
    if let bias {
      for index in sums.indices { sums[index] += bias[index % bias.count] }
    }
    return sums
  }

  private func product(_ weights: WeightMatrix, multiplier: Int16?) -> [Int64] {
    guard let quantization, let multiplier else { return MatrixProduct.product(operands, weights) }
    var product = MatrixProduct.ternaryProduct(operands, weights)
    for row in quantization.maximum.indices {
      let factor = Int64(2 * quantization.maximum[row] + 1) * Int64(multiplier)
      for index in row * weights.rows..<(row + 1) * weights.rows { product[index] *= factor }
    }
    return product
  }
}

/// Quantises every row of `values`, `channels` to a row; throws `activationOverflow` for the value -2^15.
func absoluteMaximumQuantization(_ values: [Int32], channels: Int, at place: TensorPlace) throws -> AbsoluteMaximumTrace
{
  var maxima: [Int32] = []
  var quantized = [Int32](repeating: 0, count: values.count)
  var rounding = quantized
  for row in 0..<values.count / channels {
    let range = row * channels..<(row + 1) * channels
    let maximum = values[range].reduce(0) { max($0, abs($1)) }
    if maximum >= 1 << 15 {
      throw place.overflow(
        minimum: -Int64(maximum), maximum: Int64(maximum), width: QuantizationParameters.activationWidth)
    }
    maxima.append(maximum)
    let divisor = 2 * maximum + 1
    for index in range {
      // The divisor is odd, so no value lies half-way; 254 * 2^15 fits 32 bits.
      let scaled = 254 * values[index]
      let shifted = scaled + maximum
      let quotient = shifted >= 0 ? shifted / divisor : -((divisor - 1 - shifted) / divisor)
      quantized[index] = quotient
      rounding[index] = scaled - divisor * quotient
    }
  }
  return AbsoluteMaximumTrace(maximum: maxima, quantized: quantized, rounding: rounding)
}
