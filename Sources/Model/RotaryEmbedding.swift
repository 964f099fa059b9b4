extension QuantizedModel {
  /// Rotates `heads` heads of every row of `input`, [t, head, s, p], whose first row is position `first`:
  /// (x0, x1) becomes (cos x0 - sin x1, cos x1 + sin x0), rescaled by 14 bits to 16; throws `activationOverflow`.
  func rotate(_ input: [Int32], heads: Int, first: Int, at place: TensorPlace) throws -> RescaledTensor {
    let half = configuration.halfHead
    let width = heads * 2 * half
    var accumulators = [Int64](repeating: 0, count: input.count)
    for row in 0..<input.count / width {
      let angles = (first + row) * half
      for head in 0..<heads {
        let base = row * width + head * 2 * half
        for pair in 0..<half {
          let (cosine, sine) = (Int64(tables.cosine[angles + pair]), Int64(tables.sine[angles + pair]))
          let (low, high) = (Int64(input[base + pair]), Int64(input[base + half + pair]))
          accumulators[base + pair] = cosine * low - sine * high
          accumulators[base + half + pair] = cosine * high + sine * low
        }
      }
    }
    return try rescaled(
      accumulators, shift: QuantizationParameters.rotaryBits, width: QuantizationParameters.activationWidth, at: place)
  }
}
