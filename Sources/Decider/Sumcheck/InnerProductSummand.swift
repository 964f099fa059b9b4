package import Algebra

/// sum over i of p_i v_i: public coefficient vectors against secret vectors. Degree 2.
package struct InnerProductSummand<Field: PrimeField>: SumcheckSummand {
  /// One public coefficient vector and one secret vector, both possibly shorter than 2^m.
  package struct Pair: Sendable {
    /// The coefficients.
    package private(set) var coefficients: ZeroExtendedTable<Field>
    /// The vector.
    package private(set) var vector: ZeroExtendedTable<Field>

    /// A pair over `variableCount` variables.
    package init(coefficients: FieldVector<Field>, vector: FieldVector<Field>, variableCount: Int) {
      self.coefficients = ZeroExtendedTable(coefficients, variableCount: variableCount)
      self.vector = ZeroExtendedTable(vector, variableCount: variableCount)
    }
  }

  /// The pairs.
  package private(set) var pairs: [Pair]
  /// The number of variables not yet bound.
  package private(set) var variableCount: Int
  /// Two.
  package static var degree: Int { 2 }

  /// The sum of these pairs, all over `variableCount` variables.
  package init(_ pairs: [Pair], variableCount: Int) {
    precondition(pairs.allSatisfy { $0.vector.variableCount == variableCount }, "Pairs share their variables.")
    self.pairs = pairs
    self.variableCount = variableCount
  }

  /// The polynomial in the highest variable; two products a pair of entries.
  package func roundPolynomial() -> RoundPolynomial<Field> {
    var constant = Field.zero
    var quadratic = Field.zero
    for pair in pairs {
      let round = pair.coefficients.values.productRound(pair.vector.values, half: 1 << (variableCount - 1))
      constant += round.constant
      quadratic += round.leading
    }
    return RoundPolynomial([constant, quadratic])
  }

  /// Fixes the highest variable.
  package mutating func bind(_ challenge: Field) {
    for index in pairs.indices { pairs[index].bind(challenge) }
    variableCount -= 1
  }
}

extension InnerProductSummand.Pair {
  /// Fixes the highest variable.
  mutating func bind(_ challenge: Field) {
    coefficients.bind(challenge)
    vector.bind(challenge)
  }
}
