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

  /// The entries of a row, as indices into `columns` and `coefficientIndices`.
  @inline(__always) func entries(_ row: Int) -> Range<Int> { Int(rowStarts[row])..<Int(rowStarts[row + 1]) }

  /// A row as pairs of a column and its coefficient.
  func row(_ row: Int) -> [(column: UInt32, coefficient: Field)] {
    entries(row).map { (column: columns[$0], coefficient: coefficients[Int(coefficientIndices[$0])]) }
  }

  /// The product with a vector, concurrently.
  func multiply(_ z: ColumnValues<Field>) -> [Field] {
    precondition(z.count >= columnCount, "As many values as columns.")
    return Parallel.map(count: rowCount, minimumChunk: 1024) { row in
      var sum = Field.zero
      for entry in entries(row) {
        let value = z[Int(columns[entry])]
        switch coefficientIndices[entry] {
        case 0: sum += value
        case 1: sum -= value
        case let index: sum += coefficients[Int(index)] * value
        }
      }
      return sum
    }
  }

  /// The sum over all rows of weights[row] * M[row, column], for every column, concurrently.
  func combineColumns(weights: [Field]) -> [Field] {
    precondition(weights.count == rowCount, "One weight per row.")
    let parts = Parallel.mapChunks(count: rowCount, minimumChunk: 16384) { rows in
      let (columns, indices, coefficients) = (columns, coefficientIndices, coefficients)
      var sums = [Field](repeating: .zero, count: columnCount)
      for row in rows {
        let weight = weights[row]
        for entry in entries(row) {
          let column = Int(columns[entry])
          switch indices[entry] {
          case 0: sums[column] += weight
          case 1: sums[column] -= weight
          case let index: sums[column] += coefficients[Int(index)] * weight
          }
        }
      }
      return sums
    }
    var sums = FieldVector(parts.first ?? [Field](repeating: .zero, count: columnCount))
    for part in parts.dropFirst() { sums += FieldVector(part) }
    return sums.elements
  }
}

/// The values of columns in two parts, so that the long one need not be copied.
struct ColumnValues<Field: PrimeField>: Sendable {
  /// Those of the first columns.
  let head: [Field]
  /// Those of the others.
  let tail: [Field]

  /// The number of values.
  var count: Int { head.count + tail.count }

  /// The value of a column.
  @inline(__always) subscript(column: Int) -> Field {
    column < head.count ? head[column] : tail[column - head.count]
  }
}
