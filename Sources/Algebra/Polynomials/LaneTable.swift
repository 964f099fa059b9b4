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

  /// A sparse matrix times the columns of this table, which has a row for every column of the matrix.
  ///
  /// - Parameter coefficients: what the pattern's indices mean; the first two are 1 and -1.
  @inlinable package func multiplied(by pattern: SparsePattern, coefficients: [F]) -> LaneTable {
    precondition(pattern.columnCount * lanes == elements.count, "A row for every column.")
    var result = LaneTable(rows: pattern.rowCount, lanes: lanes)
    result.elements.withUnsafeMutableBufferPointer { out in
      elements.withUnsafeBufferPointer { values in
        coefficients.withUnsafeBufferPointer { coefficients in
          // SAFETY: as many elements as the pattern has rows and columns, times the lanes, as checked.
          guard let out = out.baseAddress, let values = values.baseAddress else { return }
          F.multiply(pattern, coefficients: coefficients, values, lanes: lanes, into: out)
        }
      }
    }
    return result
  }
}
