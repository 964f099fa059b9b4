import Algebra
import Arguments
import Model

/// The quantisation of a tensor's rows to 8 bits: for every position t the largest magnitude m, and for every entry a the
/// integer q nearest to 254 a / (2 m + 1).
///
/// |a| <= m at every real index and m^2 = a^2 at one make m the largest magnitude. With 254 a - (2 m + 1) q in -m ... m
/// there is one q, since the divisor is odd; it is looked up in 16 bits only so that it is an integer, and all sides of
/// the equation are below 2^34 for all numbers in their ranges. The lookups of m - a and m + a also bound a, so a needs
/// no range of its own.
struct AbsoluteMaximum: Sendable {
  /// [position] m.
  let maximum: Digits
  /// [position] m^2.
  let maximumSquare: Tensor
  /// The squares of the entries a, over their axes.
  let square: Tensor
  /// How often an entry serves as its row's largest: once a row.
  let largestCount: Tensor
  /// q.
  let quantized: Digits
  /// 254 a - (2 m + 1) q.
  let rounding: Tensor
  /// (2 m + 1) q, as a combination of a and the rounding: what projections read.
  let expression: Expression

  /// Declares the quantisation of `value`, [position, ...], of 16 bits.
  init(_ name: String, of value: Digits, in builder: inout StatementBuilder) {
    let (position, axes) = (builder.parameters.position, value.axes)
    // 16 bits are one digit in a ternary model.
    let bits = QuantizationParameters.activationWidth
    maximum = builder.unsigned("\(name) maximum", [position], bits: bits)
    maximumSquare = builder.tensor("\(name) maximum square", [position])
    square = builder.tensor("\(name) square", axes)
    largestCount = builder.tensor("\(name) largest count", axes)
    quantized = builder.signed("\(name) quantised", axes, bits: bits)
    rounding = builder.tensor("\(name) rounding", axes)

    let (largest, entry, rest) = (maximum.expression, value.expression, Expression(rounding))
    for bounded in [entry, rest] {
      builder.requireRange(largest - bounded, bits: bits, on: .real)
      builder.requireRange(largest + bounded, bits: bits, on: .real)
    }
    builder.require(
      Product("\(name) maximum square", result: Expression(maximumSquare), left: largest, right: largest))
    builder.require(Product("\(name) square", result: Expression(square), left: entry, right: entry))
    builder.require(
      ZeroInRow(
        rows: [position], values: Expression(maximumSquare) - Expression(square), multiplicities: largestCount,
        on: .real))
    expression = ScalarField(254) * entry - rest
    builder.require(
      Product(
        "\(name) quantised", result: expression, left: (ScalarField(2) * largest).adding(constant: .one),
        right: quantized.expression))
  }

  /// Stores a trace and what was quantised.
  func assign(_ trace: AbsoluteMaximumTrace, of entries: [Int32], to values: inout StepValues) {
    maximum.assign(trace.maximum, to: &values)
    values.assign(trace.maximum.map { Int64($0) * Int64($0) }, to: maximumSquare)
    values.assign(entries.map { Int64($0) * Int64($0) }, to: square)
    values.assign(largestCounts(trace.maximum, entries), to: largestCount)
    quantized.assign(trace.quantized, to: &values)
    values.assign(trace.rounding, to: rounding)
  }

  /// 1 at the first of the largest entries of every row, elsewhere 0.
  private func largestCounts(_ maxima: [Int32], _ entries: [Int32]) -> [Int32] {
    var counts = [Int32](repeating: 0, count: entries.count)
    let width = entries.count / maxima.count
    for (row, maximum) in maxima.enumerated() {
      let place = (row * width..<(row + 1) * width).first { abs(entries[$0]) == maximum }
      guard let place else { preconditionFailure("the largest magnitude of a row is one of its entries'") }
      counts[place] = 1
    }
    return counts
  }
}

/// What query, key and value, or gate and up, of a ternary layer read: normalised activations times gains, quantised.
struct GainedInput: Sendable {
  /// [channel] the gains.
  let gains: Tensor
  /// [position, channel] the activations times the gains, rescaled.
  let gained: Rescaled
  /// Their quantisation.
  let quantization: AbsoluteMaximum

  /// Declares the input named after `name`, of `normalized`, [position, channel].
  init(_ name: String, of normalized: Expression, shift: Int, in builder: inout StatementBuilder) {
    let (position, channel) = (builder.parameters.position, builder.parameters.channel)
    gains = builder.tensor("\(name) gains", [channel], in: .weights)
    gained = builder.rescaledOperand("\(name) gained", [position, channel], shift: shift)
    builder.require(
      Product("\(name) gained", result: gained.accumulator(), left: normalized, right: Expression(gains)))
    quantization = AbsoluteMaximum("\(name) input", of: gained.value, in: &builder)
  }

  /// Stores a trace.
  func assign(_ trace: AbsoluteMaximumTrace, of entries: RescaledTensor, to values: inout StepValues) {
    gained.assign(entries, to: &values)
    quantization.assign(trace, of: entries.values, to: &values)
  }
}

extension StatementBuilder {
  /// Declares the multipliers of a ternary layer, one weight each; nil for other layers.
  mutating func multipliers() -> PerProjection<Tensor>? {
    guard parameters.quantization.ternary != nil else { return nil }
    let names = PerProjection(
      query: "query", key: "key", value: "value", output: "output", gate: "gate", up: "up", down: "down")
    return names.map { tensor("\($0) multiplier", [], in: .weights) }
  }

  /// Declares the numbers of a rescaled tensor that projections read: of 16 bits, looked up here unless the model is
  /// ternary, where quantising bounds them.
  mutating func rescaledOperand(_ name: String, _ axes: [Axis], shift: Int) -> Rescaled {
    guard parameters.quantization.ternary != nil else { return rescaled(name, axes, shift: shift) }
    return Rescaled(
      value: Digits(tensors: [tensor(name, axes)], digitBits: parameters.quantization.digitBits),
      remainder: unsigned("\(name) remainder", axes, bits: shift), shift: shift)
  }
}
