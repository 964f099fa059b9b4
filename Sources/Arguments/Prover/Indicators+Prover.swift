import Algebra

extension ProverState {
  /// The multilinear extension of a domain's indicator.
  func value(of indicator: Indicator) -> ScalarField {
    Self.value(of: indicator) { self[$0] ?? .zero }
  }

  /// The same at coordinates given by a function.
  static func value(of indicator: Indicator, at point: (Coordinate) -> ScalarField) -> ScalarField {
    let prefixes = indicator.prefixes.reduce(ScalarField.one) { $0 * value(of: $1, at: point) }
    guard let causal = indicator.causal else { return prefixes }
    let queries = FieldBuffer(weights: causal.query.map(point)), keys = FieldBuffer(weights: causal.key.map(point))
    var sum = ScalarField.zero, visible = ScalarField.zero
    for index in 0..<(causal.size ?? queries.count) {
      visible += keys[index]
      sum += queries[index] * visible
    }
    return prefixes * sum
  }

  /// The extension of [index < size].
  static func value(of prefix: Indicator.Prefix, at point: (Coordinate) -> ScalarField) -> ScalarField {
    guard prefix.size < 1 << prefix.point.count else { return .one }
    var below = ScalarField.zero
    for (bit, coordinate) in prefix.point.enumerated() {
      let c = point(coordinate)
      below = prefix.size >> bit & 1 == 1 ? .one - c + c * below : (.one - c) * below
    }
    return below
  }
}
