package import Algebra

/// A linear combination of columns: what an element is while a shape is recorded.
///
/// Terms are sorted by column, each column appears at most once, and no coefficient is zero; so two combinations are
/// equal as functions exactly when they are `==`.
package struct LinearCombination<Field: PrimeField>: LinearElement, Hashable {
  /// One column and its coefficient.
  package struct Term: Hashable, Sendable {
    /// The column.
    package let column: Column
    /// The coefficient, not zero.
    package let coefficient: Field
  }

  /// The terms, in the order of their columns.
  package private(set) var terms: [Term]

  /// The combination without terms.
  package static var zero: Self { Self(terms: []) }

  private init(terms: [Term]) { self.terms = terms }

  /// Terms by increasing columns, with coefficients that are not zero.
  init(sorted terms: [Term]) { self.terms = terms }

  /// One column.
  package init(_ column: Column) { terms = [Term(column: column, coefficient: .one)] }

  /// A constant: a multiple of u.
  package init(constant: Field) {
    terms = constant.isZero ? [] : [Term(column: .one, coefficient: constant)]
  }

  /// The sum.
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package static func + (left: Self, right: Self) -> Self { merge(left, right, scale: nil) }
  /// The difference.
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package static func - (left: Self, right: Self) -> Self { merge(left, right, scale: -.one) }
  /// The opposite.
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package static prefix func - (value: Self) -> Self { -Field.one * value }

  /// The multiple by a constant.
  @specialized(where Field == ScalarField)
  @specialized(where Field == BaseField)
  package static func * (scalar: Field, value: Self) -> Self {
    guard !scalar.isZero else { return zero }
    return Self(terms: value.terms.map { Term(column: $0.column, coefficient: scalar * $0.coefficient) })
  }

  /// left + scale * right, scale being one when nil.
  private static func merge(_ left: Self, _ right: Self, scale: Field?) -> Self {
    func scaled(_ term: Term) -> Term {
      guard let scale else { return term }
      return Term(column: term.column, coefficient: scale * term.coefficient)
    }
    var terms: [Term] = []
    terms.reserveCapacity(left.terms.count + right.terms.count)
    var next = 0
    for term in left.terms {
      while next < right.terms.count, right.terms[next].column < term.column {
        terms.append(scaled(right.terms[next]))
        next += 1
      }
      guard next < right.terms.count, right.terms[next].column == term.column else {
        terms.append(term)
        continue
      }
      let sum = term.coefficient + scaled(right.terms[next]).coefficient
      if !sum.isZero { terms.append(Term(column: term.column, coefficient: sum)) }
      next += 1
    }
    while next < right.terms.count {
      terms.append(scaled(right.terms[next]))
      next += 1
    }
    return Self(terms: terms)
  }
}
