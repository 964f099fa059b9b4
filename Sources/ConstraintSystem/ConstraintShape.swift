package import Algebra

/// The constraints of one circuit: (A z) o (B z) = u (C z) + E, with z = (public inputs, values, trace).
///
/// Rows share linear combinations: an S-box uses its input three times. So the distinct combinations are kept, and evaluated,
/// once, and a row is three indices into them. Rows touch few of the committed values: columns are the public inputs,
/// then the values at `valueOffsets`, then the trace.
package struct ConstraintShape<Field: PrimeField>: Sendable, Equatable {
  /// The combinations that rows are made of, in the order of their first use (in a row: A, B, C).
  package let combinations: SparseMatrix<Field>
  /// The rows.
  package let rows: [ConstraintRow]
  /// u and the public inputs.
  package let publicCount: Int
  /// The offsets in the values segment that occur in rows, increasing.
  package let valueOffsets: [UInt32]
  /// The number of trace variables.
  package let traceCount: Int
  /// What rows are called, where that is known.
  package let names: RowNames?

  /// The number of rows.
  package var rowCount: Int { rows.count }
  /// The length the values segment must have at least.
  package var valuesCount: Int { valueOffsets.last.map { Int($0) + 1 } ?? 0 }
  /// The number of columns of the matrices.
  package var columnCount: Int { publicCount + valueOffsets.count + traceCount }
  /// The number of entries of all distinct combinations.
  package var entryCount: Int { combinations.entryCount }

  /// The matrix of left factors, written out.
  package var a: SparseMatrix<Field> { matrix(\.a) }
  /// The matrix of right factors, written out.
  package var b: SparseMatrix<Field> { matrix(\.b) }
  /// The matrix of products, written out.
  package var c: SparseMatrix<Field> { matrix(\.c) }

  /// A shape from its parts, which must agree.
  init(
    combinations: SparseMatrix<Field>, rows: [ConstraintRow], publicCount: Int, valueOffsets: [UInt32], traceCount: Int
  ) {
    self.combinations = combinations
    self.rows = rows
    self.publicCount = publicCount
    self.valueOffsets = valueOffsets
    self.traceCount = traceCount
    names = nil
  }

  /// The shape of recorded rows.
  init(
    combinations: [LinearCombination<Field>], rows: [ConstraintRow], traceCount: Int, publicCount: Int, names: RowNames
  ) {
    var used: Set<UInt32> = []
    for combination in combinations {
      for term in combination.terms where term.column.part == .values { used.insert(UInt32(term.column.offset)) }
    }
    let valueOffsets = used.sorted()
    let places = Dictionary(uniqueKeysWithValues: zip(valueOffsets, 0...))
    func index(_ column: Column) -> UInt32 {
      switch column.part {
      case .publics: UInt32(column.offset)
      case .values: UInt32(publicCount + places[UInt32(column.offset), default: 0])
      case .trace: UInt32(publicCount + valueOffsets.count + column.offset)
      }
    }
    var matrix = SparseMatrix<Field>(columnCount: publicCount + valueOffsets.count + traceCount)
    var pool: [Field: UInt32] = [:]
    for combination in combinations {
      let row = combination.terms.map { (column: index($0.column), coefficient: $0.coefficient) }
      matrix.append(row: row, pool: &pool)
    }
    self.combinations = matrix
    self.rows = rows
    self.publicCount = publicCount
    self.valueOffsets = valueOffsets
    self.traceCount = traceCount
    self.names = names
  }

  private func matrix(_ side: KeyPath<ConstraintRow, UInt32>) -> SparseMatrix<Field> {
    var matrix = SparseMatrix<Field>(columnCount: columnCount)
    var pool: [Field: UInt32] = [:]
    for row in rows {
      let entries = combinations.entries(Int(row[keyPath: side])).map { entry in
        (
          column: combinations.columns[entry],
          coefficient: combinations.coefficients[Int(combinations.coefficientIndices[entry])]
        )
      }
      matrix.append(row: entries, pool: &pool)
    }
    return matrix
  }

  /// Equal constraints; names do not count.
  package static func == (left: Self, right: Self) -> Bool {
    left.combinations == right.combinations && left.rows == right.rows && left.publicCount == right.publicCount
      && left.valueOffsets == right.valueOffsets && left.traceCount == right.traceCount
  }
}

/// One row A z * B z = u C z, by the indices of its three linear combinations.
package struct ConstraintRow: Hashable, Sendable {
  /// The left factor.
  package let a: UInt32
  /// The right factor.
  package let b: UInt32
  /// The product.
  package let c: UInt32
}
