/// A polynomial in one variable by its coefficients, lowest power first; any number of them, none for zero.
@usableFromInline
package struct UnivariatePolynomial<F: PrimeField>: Sendable, Hashable {
  /// Coefficient i belongs to the i-th power.
  @usableFromInline package var coefficients: [F]

  /// The polynomial with these coefficients, lowest power first.
  @inlinable package init(coefficients: [F]) { self.coefficients = coefficients }

  /// The polynomial of degree below `values.count` whose value at i is `values[i]`.
  ///
  /// Newton's form: divided differences at 0, 1, ..., expanded by Horner's rule; about `values.count`^2 products.
  package init(interpolating values: [F]) {
    var inverses = (0..<values.count).map { F($0) }
    batchInverse(&inverses)
    var differences = values
    for order in values.indices.dropFirst() {
      for index in (order..<values.count).reversed() {
        differences[index] = (differences[index] - differences[index - 1]) * inverses[order]
      }
    }
    var coefficients: [F] = []
    for index in values.indices.reversed() {
      // p := p * (X - index) + difference.
      let root = F(index)
      coefficients.insert(.zero, at: 0)
      for power in 0..<(coefficients.count - 1) { coefficients[power] -= root * coefficients[power + 1] }
      coefficients[0] += differences[index]
    }
    self.coefficients = coefficients
  }

  /// The value at `point`, by Horner's rule.
  @inlinable package func evaluate(at point: F) -> F {
    coefficients.reversed().reduce(F.zero) { $0 * point + $1 }
  }
}
