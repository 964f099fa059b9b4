package import Algebra

/// A multilinear polynomial given by its values on {0, 1}^m, of which only a prefix is stored: the rest are zeros.
package struct ZeroExtendedTable<F: PrimeField>: Sendable {
  /// The stored values, at most 2^variableCount.
  package private(set) var values: FieldVector<F>
  /// The number of variables m.
  package private(set) var variableCount: Int
  /// Whether the values may be somebody else's, too: then the first variable makes a vector of half the length instead of a copy.
  private var isShared = true

  /// The polynomial with these values, zero after them.
  package init(_ values: FieldVector<F>, variableCount: Int) {
    precondition(values.count <= 1 << variableCount, "A table has at most 2^m values.")
    self.values = values
    self.variableCount = variableCount
  }

  /// Fixes the highest variable. One product an entry.
  package mutating func bind(_ challenge: F) {
    precondition(variableCount > 0, "There is a variable to bind.")
    variableCount -= 1
    defer { isShared = false }
    if isShared {
      values = values.boundTop(challenge, half: 1 << variableCount)
    } else if values.count > 1 << variableCount {
      values.bindTop(challenge)
    } else {
      values.scale(by: F.one - challenge)
    }
  }

  /// The value at the only point left once every variable is bound.
  package var constant: F {
    precondition(variableCount == 0, "All variables are bound.")
    return values.first ?? F.zero
  }
}
