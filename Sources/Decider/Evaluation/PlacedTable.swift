import Algebra

/// A public column of integers with a place in Q, where it stands times u.
package struct PlacedTable: Hashable, Sendable {
  /// The first entry's place in Q, a multiple of the length rounded up to a power of two.
  package let claimBase: Int
  /// The entries.
  package let values: [Int32]

  /// A table at a place of Q.
  package init(claimBase: Int, values: [Int32]) {
    precondition(!values.isEmpty, "A table has entries.")
    self.claimBase = claimBase
    self.values = values
    precondition(claimBase >= 0 && claimBase & ((1 << logSize) - 1) == 0, "A table is aligned to its size.")
  }

  /// log2 of the length rounded up to a power of two.
  var logSize: Int { Int.bitWidth - (values.count - 1).leadingZeroBitCount }

  /// The table's contribution to Q~(point) when u = 1.
  func evaluated<F: PrimeField>(at point: [F]) -> F {
    EqualityTerm.weight(point.dropFirst(logSize), at: claimBase >> logSize)
      * Multilinear.evaluate(smallIntegers: values, at: Array(point.prefix(logSize)))
  }
}
