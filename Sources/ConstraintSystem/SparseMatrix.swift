package import Algebra

/// A sparse matrix in compressed rows: for every entry its column and the index of its coefficient in a list of
/// distinct ones.
///
/// Laws: columns increase within a row; no coefficient is zero; `coefficients` starts with 1 and -1, and its other
/// entries are distinct and in the order of their first use. So equal matrices are stored in exactly one way.
package struct SparseMatrix<Field: PrimeField>: Sendable, Equatable {
  /// Where the entries stand.
  package private(set) var pattern: SparsePattern
  /// The distinct coefficients.
  package private(set) var coefficients: [Field] = [.one, -.one]

  /// A matrix without rows.
  init(columnCount: Int) { pattern = SparsePattern(columnCount: columnCount) }

  /// A matrix from its parts, which must follow the laws.
  init(pattern: SparsePattern, coefficients: [Field]) {
    self.pattern = pattern
    self.coefficients = coefficients
  }

  /// The number of columns.
  package var columnCount: Int { pattern.columnCount }
  /// The number of rows.
  package var rowCount: Int { pattern.rowCount }
  /// The number of entries.
  package var entryCount: Int { pattern.entryCount }
  /// Where each row's entries start, and at the end their number.
  package var rowStarts: [UInt32] { pattern.rowStarts }
  /// The column of every entry.
  package var columns: [UInt32] { pattern.columns }
  /// The index of every entry's coefficient.
  package var coefficientIndices: [UInt32] { pattern.coefficientIndices }

  /// Appends a row of entries with increasing columns; `pool` maps the coefficients beyond 1 and -1 to their indices.
  mutating func append(row: [(column: UInt32, coefficient: Field)], pool: inout [Field: UInt32]) {
    for entry in row {
      pattern.append(column: entry.column, coefficientIndex: index(of: entry.coefficient, pool: &pool))
    }
    pattern.endRow()
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
  @inline(__always) func entries(_ row: Int) -> Range<Int> { pattern.entries(row) }

  /// A row as pairs of a column and its coefficient.
  func row(_ row: Int) -> [(column: UInt32, coefficient: Field)] {
    entries(row).map { (column: columns[$0], coefficient: coefficients[Int(coefficientIndices[$0])]) }
  }

  /// The product with a vector, concurrently.
  ///
  /// - Parameter integers: the rows that are integers, and the integers that the values after the public ones are; only
  ///   where the first value is 1.
  func multiply(
    _ z: ColumnValues<Field>, integers: (rows: IntegerCombinations, publicCount: Int, values: [Int64])? = nil
  ) -> [Field] {
    precondition(z.count >= columnCount, "As many values as columns.")
    let matrix = self
    return Parallel.fill(count: rowCount, minimumChunk: 1024) { range, target in
      guard let integers else { return matrix.multiply(rows: range, z, into: target) }
      let runs = integers.rows.runs
      var (row, run) = (range.lowerBound, integers.rows.run(after: range.lowerBound))
      while row < range.upperBound {
        let next = run < runs.count ? runs[run] : range.upperBound..<range.upperBound
        let place = target + (row - range.lowerBound)
        let isInteger = next.lowerBound <= row
        let end = min(isInteger ? next.upperBound : next.lowerBound, range.upperBound)
        if isInteger {
          let sums = matrix.multiply(
            rows: row..<end, by: integers.rows.coefficients, integers.values, after: integers.publicCount)
          // SAFETY: a sum for every row, stored where the caller's pointer has room for them.
          sums.withUnsafeBufferPointer {
            if let base = $0.baseAddress { Field.convert(base, into: place, count: sums.count) }
          }
          run += 1
        } else {
          matrix.multiply(rows: row..<end, z, into: place)
        }
        row = end
      }
    }
  }

  /// The products of some rows, stored from `target` on.
  private func multiply(rows: Range<Int>, _ z: ColumnValues<Field>, into target: UnsafeMutablePointer<Field>) {
    let (starts, columns, indices, coefficients) = (pattern.rowStarts, columns, coefficientIndices, coefficients)
    for row in rows {
      var sum = Field.zero
      for entry in Int(starts[row])..<Int(starts[row + 1]) {
        let value = z[Int(columns[entry])]
        switch indices[entry] {
        case 0: sum += value
        case 1: sum -= value
        case let index: sum += coefficients[Int(index)] * value
        }
      }
      (target + (row - rows.lowerBound)).initialize(to: sum)
    }
  }

  /// The products of some rows whose columns are 0, with the value 1, and those of the integers, from `first` on.
  private func multiply(rows: Range<Int>, by coefficients: [Int64], _ integers: [Int64], after first: Int) -> [Int64] {
    let (starts, columns, indices) = (pattern.rowStarts, columns, coefficientIndices)
    return rows.map { row in
      var sum: Int64 = 0
      for entry in Int(starts[row])..<Int(starts[row + 1]) {
        let (column, coefficient) = (Int(columns[entry]), coefficients[Int(indices[entry])])
        sum &+= column == 0 ? coefficient : coefficient &* integers[column - first]
      }
      return sum
    }
  }

  /// Adds for every column the sum over all rows of weights[row] * M[row, column]: the first columns' to `head`, the others'
  /// to `tail`.
  func combineColumns(weights: [Field], head: inout [Field], tail: inout [Field]) {
    precondition(
      weights.count == rowCount && head.count + tail.count == columnCount, "Weights of rows, sums of columns.")
    let (columns, indices, coefficients) = (columns, coefficientIndices, coefficients)
    for row in 0..<rowCount {
      let weight = weights[row]
      for entry in entries(row) {
        let term: Field
        switch indices[entry] {
        case 0: term = weight
        case 1: term = -weight
        case let index: term = coefficients[Int(index)] * weight
        }
        let column = Int(columns[entry])
        if column < head.count { head[column] += term } else { tail[column - head.count] += term }
      }
    }
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
