/// Where the entries of a sparse matrix stand, in compressed rows, and which coefficient each has; what the coefficients are
/// is said elsewhere.
@usableFromInline
package struct SparsePattern: Sendable, Equatable {
  /// The number of columns.
  @usableFromInline package let columnCount: Int
  /// Where each row's entries start, and at the end their number.
  @usableFromInline package private(set) var rowStarts: [UInt32]
  /// The column of every entry.
  @usableFromInline package private(set) var columns: [UInt32]
  /// The index of every entry's coefficient.
  @usableFromInline package private(set) var coefficientIndices: [UInt32]

  /// A matrix without rows.
  package init(columnCount: Int) {
    self.init(columnCount: columnCount, rowStarts: [0], columns: [], coefficientIndices: [])
  }

  /// A pattern from its parts: as many columns as coefficients, below `columnCount`, and starts that do not decrease, from 0 to
  /// that many.
  package init(columnCount: Int, rowStarts: [UInt32], columns: [UInt32], coefficientIndices: [UInt32]) {
    precondition(
      rowStarts.first == 0 && rowStarts.last.map(Int.init) == columns.count
        && columns.count == coefficientIndices.count, "Starts of rows, and a coefficient for every entry.")
    self.columnCount = columnCount
    self.rowStarts = rowStarts
    self.columns = columns
    self.coefficientIndices = coefficientIndices
  }

  /// The number of rows.
  @usableFromInline package var rowCount: Int { rowStarts.count - 1 }
  /// The number of entries.
  package var entryCount: Int { columns.count }

  /// The entries of a row, as indices into `columns` and `coefficientIndices`.
  @inlinable package func entries(_ row: Int) -> Range<Int> { Int(rowStarts[row])..<Int(rowStarts[row + 1]) }

  /// Appends an entry to the row that is going to end next.
  package mutating func append(column: UInt32, coefficientIndex: UInt32) {
    columns.append(column)
    coefficientIndices.append(coefficientIndex)
  }

  /// Ends a row.
  package mutating func endRow() { rowStarts.append(UInt32(columns.count)) }

  /// Rows and columns exchanged; the entries of a row are in the order of their columns.
  package var transposed: SparsePattern {
    var starts = [UInt32](repeating: 0, count: columnCount + 1)
    for column in columns { starts[Int(column) + 1] += 1 }
    for column in 0..<columnCount { starts[column + 1] += starts[column] }
    var next = starts
    var rows = [UInt32](repeating: 0, count: entryCount)
    var indices = rows
    for row in 0..<rowCount {
      for entry in entries(row) {
        let place = Int(next[Int(columns[entry])])
        next[Int(columns[entry])] += 1
        (rows[place], indices[place]) = (UInt32(row), coefficientIndices[entry])
      }
    }
    return SparsePattern(columnCount: rowCount, rowStarts: starts, columns: rows, coefficientIndices: indices)
  }

  /// Calls `body` with the starts, the columns and the coefficients' indices.
  func withPointers(
    _ body: (UnsafePointer<UInt32>?, UnsafePointer<UInt32>?, UnsafePointer<UInt32>?) -> Void
  ) {
    rowStarts.withUnsafeBufferPointer { starts in
      columns.withUnsafeBufferPointer { columns in
        coefficientIndices.withUnsafeBufferPointer { body(starts.baseAddress, columns.baseAddress, $0.baseAddress) }
      }
    }
  }
}
