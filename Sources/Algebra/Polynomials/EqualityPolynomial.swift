/// The multilinear polynomial eq(a, b) = prod_k (a_k b_k + (1 - a_k)(1 - b_k)), which is 1 where two points of the
/// hypercube are equal and 0 where they differ.
package enum EqualityPolynomial<F: PrimeField> {
  /// eq(a, b) for two points with the same number of coordinates.
  package static func evaluate(_ a: [F], _ b: [F]) -> F {
    precondition(a.count == b.count, "Two points with the same number of coordinates.")
    return a.indices.reduce(F.one) { product, index in
      product * (F.one - a[index] - b[index] + (a[index] * b[index]).doubled())
    }
  }

  /// The 2^n values factor * eq(point, b) for all b of the hypercube, coordinate k weighting bit k of the index; 2^n
  /// products.
  package static func table(_ point: [F], scaledBy factor: F = .one) -> FieldVector<F> {
    precondition(point.count < 48, "A table that fits memory.")
    var table = FieldVector<F>(repeating: .zero, count: 1 << point.count)
    table[0] = factor
    for (index, coordinate) in point.enumerated() {
      // Entries with bit `index` clear and set: t (1 - c) and t c.
      table.updatePairs(1 << index, distance: 1 << index) { low, high, count in
        F.split(low, high, by: coordinate, count: count)
      }
    }
    return table
  }
}
