/// How a checkpoint of ternary weights is stored, by the rules of the transformers library's BitNet integration.
///
/// For every projection P: `P.weight`, 8-bit, shape [outputs / 4, inputs], holds t + 1 for four rows in two bits each: of
/// packed row r the lowest two bits are row r of t, the next two row r + outputs / 4, and so on. `P.weight_scale` is one
/// number. Embedding, head and norms are ordinary floats.
package enum TernaryFormat: String, Equatable, Sendable, Codable {
  /// `linear_class` autobitlinear, `quantization_mode` offline: the weight is t * weight_scale.
  case multiplying
  /// `linear_class` bitlinear, which is the default: the weight is t / weight_scale.
  case dividing

  /// The weight that t = 1 stands for.
  func unit(weightScale: Float) -> Double {
    switch self {
    case .multiplying: return Double(weightScale)
    case .dividing: return 1 / Double(weightScale)
    }
  }
}

/// One value for each of the seven projections of a layer.
package struct PerProjection<Value: Sendable>: Sendable {
  /// Of queries.
  package var query: Value
  /// Of keys.
  package var key: Value
  /// Of values.
  package var value: Value
  /// Of the attention output.
  package var output: Value
  /// Of the gate.
  package var gate: Value
  /// Of the up projection.
  package var up: Value
  /// Of the down projection.
  package var down: Value

  /// The values in this order.
  package init(query: Value, key: Value, value: Value, output: Value, gate: Value, up: Value, down: Value) {
    self.query = query
    self.key = key
    self.value = value
    self.output = output
    self.gate = gate
    self.up = up
    self.down = down
  }

  /// The values in the order of declaration.
  package var all: [Value] { [query, key, value, output, gate, up, down] }

  /// Each value transformed, together with another one of the same projection.
  package func merging<Other: Sendable, Result: Sendable>(
    _ other: PerProjection<Other>, _ transform: (Value, Other) throws -> Result
  ) rethrows -> PerProjection<Result> {
    PerProjection<Result>(
      query: try transform(query, other.query), key: try transform(key, other.key),
      value: try transform(value, other.value), output: try transform(output, other.output),
      gate: try transform(gate, other.gate), up: try transform(up, other.up), down: try transform(down, other.down))
  }

  /// Each value transformed.
  package func map<Result: Sendable>(_ transform: (Value) throws -> Result) rethrows -> PerProjection<Result> {
    try merging(self) { value, _ in try transform(value) }
  }
}

extension PerProjection: Equatable where Value: Equatable {}
