package import Algebra

/// A sparse matrix in compressed rows: for every entry its column and the index of its coefficient in a list of
/// distinct ones.
///
/// Laws: columns increase within a row; no coefficient is zero; `coefficients` starts with 1 and -1, and its other
/// entries are distinct and in the order of their first use. So equal matrices are stored in exactly one way.
package struct SparseMatrix<Field: PrimeField>: Sendable, Equatable {
  /// The number of columns.
  package let columnCount: Int
  /// Where each row's entries start, and at the end their number.
  package private(set) var rowStarts: [UInt32] = [0]
  /// The column of every entry.
  package private(set) var columns: [UInt32] = []
  /// The index of every entry's coefficient.
  package private(set) var coefficientIndices: [UInt32] = []
  /// The distinct coefficients.
  package private(set) var coefficients: [Field] = [.one, -.one]

  /// A matrix without rows.
  init(columnCount: Int) { self.columnCount = columnCount }

  /// A matrix from its parts, which must follow the laws.
  init(
    columnCount: Int, rowStarts: [UInt32], entries: (columns: [UInt32], coefficientIndices: [UInt32]),
    coefficients: [Field]
  ) {
    self.columnCount = columnCount
    self.rowStarts = rowStarts
    columns = entries.columns
    coefficientIndices = entries.coefficientIndices
    self.coefficients = coefficients
  }

  /// The number of rows.
  package var rowCount: Int { rowStarts.count - 1 }
  /// The number of entries.
  package var entryCount: Int { columns.count }

  /// Appends a row of entries with increasing columns; `pool` maps the coefficients beyond 1 and -1 to their indices.
  mutating func append(row: [(column: UInt32, coefficient: Field)], pool: inout [Field: UInt32]) {
    for entry in row {
      columns.append(entry.column)
      coefficientIndices.append(index(of: entry.coefficient, pool: &pool))
    }
    rowStarts.append(UInt32(columns.count))
  }

  private mutating func index(of coefficient: Field, pool: inout [Field: UInt32]) -> UInt32 {
    if coefficient == .one { return 0 }
    if coefficient == -.one { return 1 }
    if let index = pool[coefficient] { return index }
    let index = UInt32(coefficients.count)
    coefficients.append(coefficient)
    pool[coefficient] = index
    return index
  }
}
