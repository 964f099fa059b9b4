package import Algebra

/// sum over i of e_i (a_i b_i - c_i): the rows of several constraint systems, each weighted by its own equality table.
///
/// e holds all 2^m entries; a, b and c may be shorter, equally long ones. Degree 3.
package struct RowSummand<Field: PrimeField>: SumcheckSummand {
  /// The tables of one constraint system.
  package struct Part: Sendable {
    /// e: the weights of the rows.
    package private(set) var weights: ZeroExtendedTable<Field>
    /// a: the left values.
    package private(set) var left: ZeroExtendedTable<Field>
    /// b: the right values.
    package private(set) var right: ZeroExtendedTable<Field>
    /// c: what the products of left and right are compared with.
    package private(set) var output: ZeroExtendedTable<Field>

    /// Tables over `variableCount` variables.
    package init(
      weights: FieldVector<Field>, left: FieldVector<Field>, right: FieldVector<Field>, output: FieldVector<Field>,
      variableCount: Int
    ) {
      precondition(weights.count == 1 << variableCount, "Weights for every row.")
      precondition(left.count == right.count && left.count == output.count, "Equally many left, right and outputs.")
      self.weights = ZeroExtendedTable(weights, variableCount: variableCount)
      self.left = ZeroExtendedTable(left, variableCount: variableCount)
      self.right = ZeroExtendedTable(right, variableCount: variableCount)
      self.output = ZeroExtendedTable(output, variableCount: variableCount)
    }
  }

  /// The constraint systems.
  package private(set) var parts: [Part]
  /// The number of variables not yet bound.
  package private(set) var variableCount: Int
  /// Three.
  package static var degree: Int { 3 }

  /// The sum of these parts, all over `variableCount` variables.
  package init(_ parts: [Part], variableCount: Int) {
    precondition(parts.allSatisfy { $0.left.variableCount == variableCount }, "Parts share their variables.")
    self.parts = parts
    self.variableCount = variableCount
  }

  /// The polynomial in the highest variable; seven products a pair of rows.
  package func roundPolynomial() -> RoundPolynomial<Field> {
    var total = [Field](repeating: .zero, count: Self.degree)
    for part in parts {
      for (index, coefficient) in part.coefficients.enumerated() { total[index] += coefficient }
    }
    return RoundPolynomial(total)
  }

  /// Fixes the highest variable.
  package mutating func bind(_ challenge: Field) {
    for index in parts.indices { parts[index].bind(challenge) }
    variableCount -= 1
  }
}

extension RowSummand.Part {
  /// The coefficients of 1, t^2 and t^3 of the sum over pairs of rows of e(t) (a(t) b(t) - c(t)).
  var coefficients: [Field] {
    weights.values.rowRound(
      left: left.values, right: right.values, output: output.values, half: 1 << (weights.variableCount - 1))
  }

  /// Fixes the highest variable.
  mutating func bind(_ challenge: Field) {
    weights.bind(challenge)
    left.bind(challenge)
    right.bind(challenge)
    output.bind(challenge)
  }
}
