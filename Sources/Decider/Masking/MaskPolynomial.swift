package import Algebra

/// The polynomial g(b) = g_0 + sum over i < m of (g_i1 b_i + g_i2 b_i^2 + g_i3 b_i^3), random and committed to: a
/// random multiple of it hides every message of the outer sumcheck. Degree 3.
///
/// Sums of univariate polynomials suffice: the coefficients and the sumcheck's messages with the total determine each other.
/// - seealso: Xie et al., "Libra", ePrint 2019/317, section 4.1.
package struct MaskPolynomial<Field: PrimeField>: SumcheckSummand {
  /// g_0, and what bound variables add to it.
  private var constant: Field
  /// (g_i1, g_i2, g_i3) for every variable not yet bound.
  private var terms: ArraySlice<(Field, Field, Field)>

  /// Three.
  package static var degree: Int { 3 }
  /// The number of variables not yet bound.
  package var variableCount: Int { terms.count }

  /// The polynomial with coefficients g_0, g_01, g_02, g_03, g_11, ...: one more than a multiple of three.
  package init(_ coefficients: some Collection<Field>) {
    let list = Array(coefficients)
    precondition(list.count % Self.degree == 1, "A constant, and three coefficients a variable.")
    constant = list[0]
    terms = stride(from: 1, to: list.count, by: Self.degree).map { (list[$0], list[$0 + 1], list[$0 + 2]) }[...]
  }

  /// The sum over {0, 1}^m.
  package var sum: Field {
    // Every variable is 1 in half of the points.
    let ones = terms.reduce(Field.zero) { $0 + $1.0 + $1.1 + $1.2 }
    return Self.power(variableCount) * constant + (terms.isEmpty ? .zero : Self.power(variableCount - 1) * ones)
  }

  /// The polynomial in the highest variable, the others summed over {0, 1}.
  package func roundPolynomial() -> RoundPolynomial<Field> {
    guard let (_, quadratic, cubic) = terms.last else { preconditionFailure("There is a variable to sum by.") }
    var lower = self
    lower.terms = terms.dropLast()
    let count = Self.power(variableCount - 1)
    return RoundPolynomial([lower.sum, count * quadratic, count * cubic])
  }

  /// Fixes the highest variable.
  package mutating func bind(_ challenge: Field) {
    guard let (linear, quadratic, cubic) = terms.popLast() else { preconditionFailure("There is a variable to bind.") }
    constant += ((cubic * challenge + quadratic) * challenge + linear) * challenge
  }

  /// What every coefficient is multiplied with in the value at a point: 1; p_0, p_0^2, p_0^3; p_1, ...
  package static func powers(at point: [Field]) -> [Field] {
    [.one] + point.flatMap { [$0, $0.squared(), $0.squared() * $0] }
  }

  private static func power(_ exponent: Int) -> Field {
    (0..<exponent).reduce(.one) { power, _ in power.doubled() }
  }
}

/// The rows of a batch plus a multiple of the mask polynomial: what the outer sumcheck is about.
struct MaskedRows<Field: PrimeField>: SumcheckSummand {
  /// The rows.
  private(set) var rows: RowSummand<Field>
  /// The mask.
  private(set) var mask: MaskPolynomial<Field>
  /// The mask's weight.
  let weight: Field

  /// Three.
  static var degree: Int { RowSummand<Field>.degree }
  /// The number of variables not yet bound.
  var variableCount: Int { rows.variableCount }

  /// Rows and a mask in the same variables.
  init(rows: RowSummand<Field>, mask: MaskPolynomial<Field>, weight: Field) {
    precondition(rows.variableCount == mask.variableCount, "Rows and mask share their variables.")
    self.rows = rows
    self.mask = mask
    self.weight = weight
  }

  /// The polynomial in the highest variable.
  func roundPolynomial() -> RoundPolynomial<Field> {
    let message = rows.roundPolynomial()
    let masks = mask.roundPolynomial()
    precondition(message.coefficients.count == masks.coefficients.count, "Rows and mask have one degree.")
    return RoundPolynomial(
      message.coefficients.indices.map { message.coefficients[$0] + weight * masks.coefficients[$0] })
  }

  /// Fixes the highest variable.
  mutating func bind(_ challenge: Field) {
    rows.bind(challenge)
    mask.bind(challenge)
  }
}
