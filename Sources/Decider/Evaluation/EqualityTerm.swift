package import Algebra

/// The vector with entries scale * eq(point, i) for i < length and zeros from there on, over 2^m indices.
///
/// It is the public coefficient vector of a chunk in an evaluation claim: whatever the chunk holds past its segment's
/// length meets zeros.
package struct EqualityTerm<F: PrimeField>: Sendable {
  /// The factor.
  package let scale: F
  /// The m coordinates.
  package let point: [F]
  /// The number of entries that are not zero, at most 2^m.
  package let length: Int

  /// The part with index `block` when eq(point, .) * scale over many variables is cut into blocks of 2^variables.
  ///
  /// A point with fewer than `variables` coordinates continues with zeros, which keeps indices below 2^(coordinates).
  package init(scale: F, point: [F], block: Int, variables: Int, length: Int) {
    precondition((0...(1 << variables)).contains(length), "A length of at most 2^m.")
    let low = Array(point.prefix(variables))
    self.scale = scale * Self.weight(point.dropFirst(variables), at: block)
    self.point = low + [F](repeating: .zero, count: variables - low.count)
    self.length = length
  }

  /// The vector's first `length` entries.
  package var vector: FieldVector<F> {
    let table = EqualityPolynomial.table(point, scaledBy: scale)
    return length == table.count ? table : FieldVector(Array(table.elements[..<length]))
  }

  /// The multilinear extension of the vector at a point, in closed form; about 5 m products.
  package func evaluated(at other: [F]) -> F {
    precondition(other.count == point.count, "Points of one length.")
    guard length < 1 << point.count else { return scale * EqualityPolynomial.evaluate(point, other) }
    // sum over i < length mod 2^(j + 1), from the sum over i < length mod 2^j: where bit j of length is set, all indices
    // with bit j = 0 count, and of those with bit j = 1 the ones counted before.
    var sum = F.zero
    var all = F.one  // the sum over all indices of the lower bits
    for bit in point.indices {
      let one = point[bit] * other[bit]
      let zero = F.one - point[bit] - other[bit] + one
      sum = length >> bit & 1 == 1 ? zero * all + one * sum : zero * sum
      all *= zero + one
    }
    return scale * sum
  }

  /// eq(point, bits of index).
  static func weight(_ point: ArraySlice<F>, at index: Int) -> F {
    precondition(index >= 0 && index >> point.count == 0, "An index below 2^m.")
    var product = F.one
    for (bit, coordinate) in point.enumerated() {
      product *= index >> bit & 1 == 1 ? coordinate : F.one - coordinate
    }
    return product
  }
}
