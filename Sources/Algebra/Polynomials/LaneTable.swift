/// Rows of field elements of one length, its lanes: the same arithmetic on many instances of something at a time.
@usableFromInline
package struct LaneTable<F: PrimeField>: Sendable {
  /// Elements of a row.
  @usableFromInline package let lanes: Int
  @usableFromInline var elements: [F]

  /// Zeros.
  @inlinable package init(rows: Int, lanes: Int) {
    self.lanes = lanes
    elements = [F](repeating: .zero, count: rows * lanes)
  }

  /// One element.
  @inlinable package subscript(row: Int, lane: Int) -> F {
    get { elements[row * lanes + lane] }
    set { elements[row * lanes + lane] = newValue }
  }

  /// The elements of a row.
  @inlinable package func row(_ row: Int) -> ArraySlice<F> { elements[(row * lanes)..<((row + 1) * lanes)] }

  /// Adds to a row another table's row.
  @inlinable package mutating func add(_ other: LaneTable, row otherRow: Int, to row: Int) {
    combine(other, otherRow, row) { target, other, count in F.add(target, other, into: target, count: count) }
  }

  /// Subtracts from a row another table's row.
  @inlinable package mutating func subtract(_ other: LaneTable, row otherRow: Int, from row: Int) {
    combine(other, otherRow, row) { target, other, count in F.subtract(target, other, into: target, count: count) }
  }

  /// Adds to a row another table's row times a factor.
  @inlinable package mutating func add(_ other: LaneTable, row otherRow: Int, times factor: F, to row: Int) {
    combine(other, otherRow, row) { target, other, count in
      F.addScaled(other, by: factor, into: target, count: count)
    }
  }

  @inlinable mutating func combine(
    _ other: LaneTable, _ otherRow: Int, _ row: Int, _ kernel: (UnsafeMutablePointer<F>, UnsafePointer<F>, Int) -> Void
  ) {
    precondition(lanes == other.lanes, "Two tables with the same number of lanes.")
    let (lanes, first, otherFirst) = (lanes, row * lanes, otherRow * lanes)
    precondition(row >= 0 && first + lanes <= elements.count, "A row of the table.")
    precondition(otherRow >= 0 && otherFirst + lanes <= other.elements.count, "A row of the other table.")
    elements.withUnsafeMutableBufferPointer { target in
      other.elements.withUnsafeBufferPointer { other in
        // SAFETY: both rows lie inside their arrays, as checked.
        guard let target = target.baseAddress, let other = other.baseAddress else { return }
        kernel(target + first, other + otherFirst, lanes)
      }
    }
  }
}
