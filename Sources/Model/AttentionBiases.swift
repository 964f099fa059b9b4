/// One value for each projection of attention that has a bias.
package struct AttentionBiases<Value: Sendable>: Sendable {
  /// Of queries.
  package var query: Value
  /// Of keys.
  package var key: Value
  /// Of values.
  package var value: Value
  /// Of the attention output, nil where that projection has none.
  package var output: Value?

  /// The values in this order.
  package init(query: Value, key: Value, value: Value, output: Value?) {
    self.query = query
    self.key = key
    self.value = value
    self.output = output
  }

  /// The values in the order of declaration, three or four.
  package var all: [Value] { [query, key, value] + (output.map { [$0] } ?? []) }

  /// Each value transformed, together with another one of the same projection; both have an output or neither has.
  package func merging<Other: Sendable, Result: Sendable>(
    _ other: AttentionBiases<Other>, _ transform: (Value, Other) throws -> Result
  ) rethrows -> AttentionBiases<Result> {
    var merged: Result?
    if let output, let otherOutput = other.output { merged = try transform(output, otherOutput) }
    precondition((output == nil) == (other.output == nil), "Biases of the same projections.")
    return AttentionBiases<Result>(
      query: try transform(query, other.query), key: try transform(key, other.key),
      value: try transform(value, other.value), output: merged)
  }

  /// Each value transformed.
  package func map<Result: Sendable>(_ transform: (Value) throws -> Result) rethrows -> AttentionBiases<Result> {
    try merging(self) { value, _ in try transform(value) }
  }
}

extension AttentionBiases: Equatable where Value: Equatable {}
extension AttentionBiases: Encodable where Value: Encodable {}
extension AttentionBiases: Decodable where Value: Decodable {}

/// Which projections of attention have biases.
package enum BiasedProjections: String, Equatable, Sendable, Codable {
  /// Query, key and value, as in Qwen2.
  case queryKeyValue
  /// These and the attention output: a LLaMA whose configuration says `attention_bias`.
  case all

  /// The same value for every biased projection.
  package func repeating<Value: Sendable>(_ value: Value) -> AttentionBiases<Value> {
    AttentionBiases(query: value, key: value, value: value, output: self == .all ? value : nil)
  }

  /// How many outputs each biased projection of a model of this shape has.
  package func lengths(in shape: ModelConfiguration) -> AttentionBiases<Int> {
    AttentionBiases(
      query: shape.queryChannels, key: shape.keyValueChannels, value: shape.keyValueChannels,
      output: self == .all ? shape.hiddenSize : nil)
  }
}

extension AttentionBiases {
  /// The projections that have one.
  package var projections: BiasedProjections { output == nil ? .queryKeyValue : .all }
}
